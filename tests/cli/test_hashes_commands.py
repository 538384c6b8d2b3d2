"""`chappe hashes`: with a running server and without one. R109."""

import secrets
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path

import anyio.to_thread
import pytest

from chappe import matching
from chappe.accounts import machine_socket
from chappe.app import Chappe
from tests.cli.test_staff_commands import typed
from tests.conftest import make_settings
from tests.house import CHEAP, Clock

HASH = sha256(b"listed").hexdigest()
ABOUT = ("--about", "other", "--source", "a partner", "--owner", "Olga")


@pytest.fixture
def data(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    folder = tmp_path / "data"
    assert typed(capsys, "user", "create", "ann", "--operator", "--data-dir", folder)[0] == 0
    return folder


def written(folder: Path, text: str) -> Path:
    path = folder / "list.txt"
    path.write_text(text)
    return path


def test_a_list_without_a_running_server(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where = ("--data-dir", data)
    path = written(tmp_path, f"# ours\n{HASH}\n")
    status, out, _ = typed(capsys, "hashes", "import", "files", path, "--kind", "sha256", *ABOUT, "--vetted", *where)
    assert (status, out) == (0, "files\t1\tsha256\tother\tlive\t1\tvetted\ta partner\tOlga\n")
    staged = typed(capsys, "hashes", "import", "files", path, "--kind", "sha256", *ABOUT, "--stage", *where)
    assert staged[1] == "files\t2\tsha256\tother\tstaged\t1\tnot vetted\ta partner\tOlga\n"
    assert typed(capsys, "hashes", "retire", "files", *where)[1].startswith("files\t1\tsha256\tother\tretired\t1\t")
    status, _, err = typed(capsys, "hashes", "retire", "files", *where)
    assert status == 1
    assert "no such list" in err
    listed = typed(capsys, "hashes", "list", *where)[1]
    assert [line.split("\t")[4] for line in listed.splitlines()] == ["staged", "retired"]
    assert HASH not in listed


def test_rubbish_changes_nothing_and_is_not_repeated(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ("--data-dir", data)
    for text, told in (
        (f"{HASH}\nsecret words\n", "line 2"),
        ("x" * 100_000, "line 1"),
        ("", "no hash"),
        (sha256(b"").hexdigest(), "empty file"),
    ):
        path = written(tmp_path, text)
        status, out, err = typed(capsys, "hashes", "import", "files", path, "--kind", "sha256", *ABOUT, *where)
        assert (status, out) == (1, "")
        assert told in err
        assert "secret words" not in err
        assert HASH not in err
    path = written(tmp_path, HASH)
    status, _, err = typed(capsys, "hashes", "import", "Files", path, "--kind", "sha256", *ABOUT, *where)
    assert status == 1
    assert "small letters" in err
    status, _, err = typed(capsys, "hashes", "import", "files", tmp_path / "none", "--kind", "pdq", *ABOUT, *where)
    assert status == 1
    assert "cannot be read" in err
    assert typed(capsys, "hashes", "list", *where)[1] == ""


@pytest.mark.anyio
class TestRunning:
    """A running server is asked, and takes the list up by itself."""

    @pytest.fixture
    async def running(self, data: Path) -> AsyncIterator[Chappe]:
        settings = make_settings(data)
        chappe = await Chappe.open(settings, Clock(), None, CHEAP)
        async with machine_socket.listening(data, chappe.machine):
            yield chappe
        await chappe.close()

    async def test_a_long_list_comes_in_parts(
        self, running: Chappe, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        hashes = [secrets.token_hex(32) for _ in range(3_000)]
        path = written(tmp_path, "\n".join(hashes))
        arguments = ("hashes", "import", "files", path, "--kind", "sha256", *ABOUT, "--data-dir", data)
        status, out, err = await anyio.to_thread.run_sync(lambda: typed(capsys, *arguments))
        assert (status, err) == (0, "")
        assert "\tlive\t3000\t" in out
        snapshots = running.resources.of(matching.Snapshots)
        await snapshots.load()
        assert all(snapshots.now.with_file(bytes.fromhex(one)) for one in hashes)
        assert not snapshots.now.with_file(secrets.token_bytes(32))
