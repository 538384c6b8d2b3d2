"""`chappe user`: accounts for whoever owns the machine, with a running server and without one."""

import re
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import anyio
import anyio.to_thread
import pytest

from chappe.accounts import machine_socket
from chappe.accounts.machine import Create, Fulfilled, ListAccounts
from chappe.app import Chappe
from chappe.cli import run
from chappe.errors import Refused
from tests.conftest import make_settings
from tests.house import Clock, House
from tests.tidy.repository import ROOT

COMMANDS = {
    "create": ["--operator"],
    "list": ["--waiting"],
    "reset": [],
    "lock": [],
    "unlock": [],
    "deactivate": ["--erase"],
}


def typed(folder: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = run(["user", *arguments, "--data-dir", str(folder)])
    said = capsys.readouterr()
    return status, said.out, said.err


def test_the_life_of_an_account_without_a_running_server(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "data"
    status, out, err = typed(folder, capsys, "create", "ann", "--operator")
    assert status == 0
    assert out.startswith("@ann:localhost: ")
    assert re.search(r"^http://127\.0\.0\.1:8008/_chappe/password\?code=\S{20,}$", out, re.MULTILINE)
    assert "No server runs" in err
    assert typed(folder, capsys, "create", "@ben:localhost")[0] == 0
    assert typed(folder, capsys, "lock", "ben")[:2] == (0, "@ben:localhost is locked.\n")
    _, out, _ = typed(folder, capsys, "list")
    assert [(line.split("\t")[0], line.split("\t")[2]) for line in out.splitlines()] == [
        ("@ann:localhost", "operator"),
        ("@ben:localhost", "locked"),
    ]
    assert typed(folder, capsys, "unlock", "@ben:localhost")[0] == 0
    assert typed(folder, capsys, "deactivate", "ben", "--erase")[0] == 0
    assert "deactivated" in typed(folder, capsys, "list")[1]
    assert typed(folder, capsys, "list", "--waiting")[1] == ""


def test_what_cannot_be_done_is_told_with_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    typed(tmp_path, capsys, "create", "ann")
    typed(tmp_path, capsys, "deactivate", "ann")
    for arguments in (["create", "ann"], ["create", "A b"], ["reset", "nobody"], ["reset", "ann"], ["lock", "ann"]):
        status, out, err = typed(tmp_path, capsys, *arguments)
        assert (status, out) == (1, ""), arguments
        assert "chappe: " in err
        assert "Traceback" not in err
    assert run(["user", "sing"]) == 2
    assert "chappe: " in capsys.readouterr().err


def test_a_folder_without_data_is_told_and_not_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["list"], ["reset", "ann"], ["lock", "ann"], ["unlock", "ann"], ["deactivate", "ann"]):
        status, out, err = typed(tmp_path / "elsewhere", capsys, *arguments)
        assert (status, out) == (1, ""), arguments
        assert f"no server's data in {tmp_path / 'elsewhere'}" in err
    assert not (tmp_path / "elsewhere").exists()


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[House]:
    folder = tmp_path / ("a-long-name-" * 12)
    clock = Clock()
    chappe = await Chappe.open(make_settings(folder), clock)
    async with machine_socket.listening(folder, chappe.machine):
        house = House(chappe, clock)
        yield house
    await house.close()


@pytest.mark.anyio
async def test_a_running_server_is_asked(served: House, capsys: pytest.CaptureFixture[str]) -> None:
    folder = served.chappe.settings.data_dir
    ann = await served.person("ann")
    assert stat.S_IMODE((folder / machine_socket.NAME).stat().st_mode) == 0o600
    (await ann.get("/account/whoami")).ok()
    status, out, err = await anyio.to_thread.run_sync(typed, folder, capsys, "lock", "ann")
    assert (status, out, err) == (0, "@ann:localhost is locked.\n", "")
    assert (await ann.get("/account/whoami")).errcode == "M_USER_LOCKED"
    with pytest.raises(Refused):
        await anyio.to_thread.run_sync(machine_socket.ask, folder, Create("ann"), Fulfilled)
    listed = await anyio.to_thread.run_sync(machine_socket.ask, folder, ListAccounts(), Fulfilled)
    assert listed is not None
    assert [one.states for one in listed.accounts] == [("locked",)]


@pytest.mark.anyio
async def test_nonsense_on_the_socket(served: House) -> None:
    folder = served.chappe.settings.data_dir
    with machine_socket._address(folder) as address:
        for line in (b"\n", b"{}\n", b'{"type": "dance"}\n', b"x" * 100_000 + b"\n", b"\xff\n"):
            async with await anyio.connect_unix(address) as stream:
                try:
                    await stream.send(line)
                    assert b'"done":null' in await stream.receive()
                except (anyio.BrokenResourceError, anyio.EndOfStream):
                    assert len(line) > machine_socket.MAX_WISH_BYTES
    assert await anyio.to_thread.run_sync(machine_socket.ask, folder, ListAccounts(), Fulfilled) is not None


@pytest.mark.anyio
async def test_a_reset_tells_every_session_and_ends_it_when_it_is_used(served: House) -> None:
    house = served
    folder = house.chappe.settings.data_dir
    ann = await house.person("ann")
    await ann.sync()
    first = await anyio.to_thread.run_sync(lambda: run(["user", "reset", "ann", "--data-dir", str(folder)]))
    assert first == 0
    told = (await ann.sync())["account_data"]["events"]
    assert [event["type"] for event in told] == ["org.chappe.password_reset"]
    assert told[0]["content"]["until"] - told[0]["content"]["asked_at"] == 86_400_000


def test_every_command_is_on_the_page(capsys: pytest.CaptureFixture[str]) -> None:
    page = (ROOT / "docs" / "reference" / "commands.md").read_text()
    section = page.partition("\n## chappe user\n")[2].partition("\n## ")[0]
    for command, flags in COMMANDS.items():
        assert run(["user", command, "--help"]) == 0
        helped = capsys.readouterr().out
        assert f"`{command}" in section
        for flag in [*flags, "--data-dir", "--config", "--server-name", "--storage"]:
            assert flag in helped
            assert f"`{flag}" in section
