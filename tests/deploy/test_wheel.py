"""The wheel: it contains everything that the package has, and a server starts from it alone."""

import asyncio
import os
import re
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import httpx
import pytest

from tests.chaos.server import free_port
from tests.tidy.repository import ROOT, files

pytestmark = pytest.mark.anyio

SECONDS = 30


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, as `make wheel` builds it."""
    to = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(to)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=SECONDS)
    [built] = to.iterdir()
    return built


def test_everything_of_the_package_is_in_it(wheel: Path) -> None:
    """Also what is no Python: schema files, registers of data, templates, and the web client as it was built."""
    wanted = {str(path.relative_to(ROOT)) for path in files() if path.is_relative_to(ROOT / "chappe")}
    held = set(zipfile.ZipFile(wheel).namelist())
    assert wanted - held == set()
    built = {name for name in held if name.startswith("chappe/web/files/")}
    assert {name for name in held if name.startswith("chappe/")} - built == wanted
    assert {"index.html", "index.html.br", "index.html.gz"} <= {Path(name).name for name in built}
    assert {Path(name).suffix for name in built} >= {".js", ".css", ".wasm", ".svg", ".br", ".gz"}
    assert {Path(name).suffix for name in wanted} >= {".py", ".sql", ".toml"}
    assert any(name.endswith("licenses/LICENSE") for name in held)


@pytest.fixture
def installed(wheel: Path, tmp_path: Path) -> Path:
    """A new environment with the wheel alone in it."""
    place = tmp_path / "venv"
    uv = str(Path(sys.executable).with_name("uv"))
    for command in (
        [uv, "venv", "--quiet", "--offline", "--python", sys.executable, str(place)],
        [uv, "pip", "install", "--quiet", "--offline", "--no-deps", "--python", f"{place}/bin/python", str(wheel)],
    ):
        subprocess.run(command, check=True, capture_output=True, timeout=SECONDS)
    asked = [f"{place}/bin/python", "-c", "import chappe.app; print(chappe.app.__file__)"]
    told = subprocess.check_output(asked, text=True, cwd=tmp_path, env=environment(), timeout=SECONDS)
    assert Path(told.strip()).is_relative_to(place)
    return place


def environment() -> dict[str, str]:
    """Variables by which the packages are found that the wheel stands on, and not the working copy."""
    held = {name: value for name, value in os.environ.items() if not name.startswith("CHAPPE_")}
    return {**held, "PYTHONPATH": sysconfig.get_path("purelib")}


async def test_a_server_starts_from_it_alone(installed: Path, tmp_path: Path) -> None:
    port = free_port()
    server = await asyncio.create_subprocess_exec(
        installed / "bin" / "chappe",
        "serve",
        *("--data-dir", str(tmp_path / "data"), "--port", str(port)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        cwd=tmp_path,
        env=environment(),
    )
    try:
        assert server.stdout is not None
        first = await asyncio.wait_for(server.stdout.readline(), SECONDS)
        assert f"Chappe is ready: http://127.0.0.1:{port}" in first.decode()
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as browser:
            page = await browser.get("/")
            script = re.search(r'src="(/assets/[^"]+\.js)"', page.text)
            assert script is not None
            assert (await browser.get(script[1])).status_code == 200
    finally:
        server.terminate()
        await server.communicate()
    assert server.returncode == 0
