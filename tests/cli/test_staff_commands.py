"""`chappe operator` and `chappe audit`: with a running server, without one, and on a copy of its database."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import anyio.to_thread
import pytest

from chappe.accounts import machine_socket
from chappe.app import Chappe
from chappe.cli import run
from tests.conftest import make_settings
from tests.house import Clock, House
from tests.tidy.repository import ROOT

COMMANDS = {
    "operator": {"list": [], "grant": ["--reason"], "revoke": ["--reason"]},
    "hashes": {
        "import": ["--kind", "--about", "--source", "--owner", "--vetted", "--stage"],
        "list": [],
        "retire": [],
    },
    "audit": {
        "checkpoint": ["--key"],
        "export": [],
        "prove": ["--since"],
        "verify": ["--vkey", "--checkpoint"],
    },
}


def typed(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    status = run([str(argument) for argument in arguments])
    said = capsys.readouterr()
    return status, said.out, said.err


@pytest.fixture
def data(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A server's data with an owner, Ann, and Ben."""
    folder = tmp_path / "data"
    for arguments in (["ann", "--operator"], ["ben"]):
        assert typed(capsys, "user", "create", *arguments, "--data-dir", folder)[0] == 0
    return folder


def test_roles_without_a_running_server(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where = ("--data-dir", data)
    assert typed(capsys, "operator", "list", *where)[:2] == (0, "@ann:localhost\towner\n")
    assert typed(capsys, "operator", "grant", "ben", "senior-moderator", *where)[:2] == (
        0,
        "@ben:localhost\tsenior moderator\n",
    )
    assert typed(capsys, "operator", "grant", "@ben:localhost", "legal", "--reason", "trained", *where)[0] == 0
    assert typed(capsys, "operator", "revoke", "ben", "legal", *where)[1] == "@ben:localhost\tsenior moderator\n"
    for arguments, told in (
        (("grant", "nobody", "owner"), "no such account"),
        (("grant", "ben", "king"), "There are: owner"),
        (("grant", "ben", "auditor"), "at once"),
        (("grant", "ben", "legal", "--reason", " "), "Say why"),
        (("revoke", "ann", "owner"), "last owner"),
        (("revoke", "ben", "owner"), "do not have"),
        (("revoke", "@x:elsewhere", "owner"), "nobody of this name"),
    ):
        status, out, err = typed(capsys, "operator", *arguments, *where)
        assert (status, out, told in err) == (1, "", True), (arguments, err)
        assert "Traceback" not in err


def test_the_log_from_the_machine_and_from_outside(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ("--data-dir", data)
    for role in ("moderator", "legal", "senior-moderator"):
        assert typed(capsys, "operator", "grant", "ben", role, *where)[0] == 0
    status, out, _ = typed(capsys, "audit", "verify", *where)
    assert (status, "6 entries, 6 under the checkpoint of localhost/audit/" in out) == (0, True), out
    kept, key = tmp_path / "kept", typed(capsys, "audit", "checkpoint", "--key", *where)[1].strip()
    kept.write_text(typed(capsys, "audit", "checkpoint", *where)[1])
    assert kept.read_text().splitlines()[1] == "6"
    proof = tmp_path / "proof"
    proof.write_text(typed(capsys, "audit", "prove", 2, *where)[1])
    assert "Entry 2 is in the log" in typed(capsys, "audit", "verify", proof, "--vkey", key)[1]
    assert len(typed(capsys, "audit", "prove", "--since", 3, *where)[1].splitlines()) == 4
    export, stolen = tmp_path / "export", tmp_path / "stolen.db"
    assert typed(capsys, "audit", "export", export, *where)[:2] == (0, f"6 entries are in {export}.\n")
    shutil.copy(data / "chappe.db", stolen)
    for copy in (export, stolen):
        for vkey in (key, export / "vkey"):
            assert typed(capsys, "audit", "verify", copy, "--vkey", vkey, "--checkpoint", kept)[0] == 0
    lines = (export / "entries.jsonl").read_text().splitlines(keepends=True)
    (export / "entries.jsonl").write_text("".join(lines[:2] + lines[3:]))
    status, out, _ = typed(capsys, "audit", "verify", export, "--vkey", key)
    assert (status, out.splitlines()[0]) == (1, "Entry 2 is missing.")


def test_what_cannot_be_read_or_believed_is_told(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ("--data-dir", data)
    other = tmp_path / "other.db"
    other.write_bytes(b"SQLite format 3\0" + b"x" * 5_000)
    nothing = tmp_path / "nothing"
    nothing.mkdir()
    key = typed(capsys, "audit", "checkpoint", "--key", *where)[1].strip()
    for arguments in (
        ("verify", data / "chappe.db"),
        ("verify", data / "chappe.db", "--vkey", "x+y+z"),
        ("verify", data / "chappe.db", "--vkey", tmp_path / "none"),
        ("verify", data / "chappe.db", "--vkey", key, "--checkpoint", tmp_path / "none"),
        ("verify", other, "--vkey", key),
        ("verify", nothing, "--vkey", key),
        ("verify", tmp_path / "none", "--vkey", key),
        ("prove", *where),
        ("prove", 99, *where),
        ("prove", "--since", 99, *where),
        ("export", nothing, *where),
        ("checkpoint", "--data-dir", nothing),
        ("verify", "--data-dir", nothing),
    ):
        status, out, err = typed(capsys, "audit", *arguments)
        assert (status, out) == (1, ""), arguments
        assert err.startswith("chappe: ")
        assert "Traceback" not in err
    another = "localhost/audit+" + key.partition("+")[2]
    forged = another.replace(another.split("+")[2][-4:], "AAAA")
    assert typed(capsys, "audit", "verify", data / "chappe.db", "--vkey", forged)[0] == 1


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[House]:
    clock = Clock()
    chappe = await Chappe.open(make_settings(tmp_path), clock)
    async with machine_socket.listening(tmp_path, chappe.machine):
        house = House(chappe, clock)
        yield house
    await house.close()


@pytest.mark.anyio
async def test_a_running_server_is_asked_about_staff_and_its_log_is_read_meanwhile(
    served: House, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = served.chappe.settings.data_dir
    await served.person("ben")

    async def command(*arguments: object) -> tuple[int, str, str]:
        return await anyio.to_thread.run_sync(lambda: typed(capsys, *arguments, "--data-dir", folder))

    assert await command("operator", "grant", "ben", "owner") == (0, "@ben:localhost\towner\n", "")
    assert (await command("operator", "revoke", "ben", "owner"))[0] == 1
    assert await command("operator", "list") == (0, "@ben:localhost\towner\n", "")
    await served.chappe.sealer.catch_up()
    status, out, err = await command("audit", "verify")
    assert (status, err) == (0, "")
    assert "Nothing is wrong." in out


@pytest.mark.parametrize("group", COMMANDS)
def test_every_command_and_flag_is_on_its_page(group: str) -> None:
    from chappe import cli_audit, cli_hashes, cli_operator

    app = {"operator": cli_operator.app, "hashes": cli_hashes.app, "audit": cli_audit.app}[group]
    assert {name for name in app if not name.startswith("-")} == set(COMMANDS[group])
    page = (ROOT / "docs" / "reference" / "commands.md").read_text()
    section = page.partition(f"\n## chappe {group}\n")[2].partition("\n## ")[0]
    for name, flags in COMMANDS[group].items():
        assert f"`{name}" in section
        assert all(f"`{flag}" in section or f" {flag}" in section for flag in flags)
