"""`chappe transparency` and `chappe doctor`, with a running server and without one. R82, R92."""

import asyncio
import csv
import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import anyio.to_thread
import pytest

from chappe.accounts import machine_socket
from chappe.app import Chappe, schema_folders
from chappe.cli import run
from chappe.config import Settings
from chappe.doctor import Finding, Look
from chappe.doctor.told import check_told
from chappe.ids import UserID
from chappe.stream import REGISTER, Command, Device
from chappe.transparency import Telling
from chappe.transparency.codes import annex
from chappe.transparency.publish import write_texts
from chappe.transparency.report import start_of
from chappe.transparency.telling import stop
from tests.conftest import make_settings
from tests.house import CHEAP, Clock
from tests.transparency.desk import Desk
from tests.transparency.year import WRITTEN, fill

PROVIDER = '{ provider = "The Choir" }'


def typed(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    status = run([str(argument) for argument in arguments])
    said = capsys.readouterr()
    return status, said.out, said.err


def with_data(settings: Settings, do: Callable[[Chappe], Awaitable[None]]) -> None:
    """Open the data, do something, and close it."""

    async def once() -> None:
        chappe = await Chappe.open(settings, Clock(), None, CHEAP)
        try:
            await do(chappe)
        finally:
            await chappe.close()

    asyncio.run(once())


async def filled(chappe: Chappe) -> None:
    desk = Desk(chappe.writer)
    fill(desk)
    desk.decision(desk.case(), at="2024-06-01", explanation="Ask carl.", outcome="restricted")
    await desk.write()
    await chappe.bus.call(REGISTER, Command(write_texts, Device(UserID("@lena:localhost")), (2025, WRITTEN)))
    await chappe.resources.of(Telling).catch_up()


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CHAPPE_TRANSPARENCY", PROVIDER)
    folder = tmp_path / "data"
    with_data(make_settings(folder, transparency=PROVIDER), filled)
    return folder


def test_the_report_is_made_by_one_command(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where = ("--data-dir", data)
    into = tmp_path / "parts"
    status, out, _ = typed(capsys, "transparency", "report", 2025, "--into", into, *where)
    assert (status, out) == (0, "The report of 2025 is published, as version 1.\n")
    assert sorted(path.name for path in into.iterdir()) == [part.file_name for part in annex().parts]
    golden = Path(__file__).parent / "golden" / "04_notices.csv"
    assert (into / "04_notices.csv").read_bytes() == golden.read_bytes()
    status, out, _ = typed(capsys, "transparency", "report", 2025, *where)
    assert (status, out) == (1, "Say what this version corrects.\nThe report of 2025 is not published.\n")
    status, out, _ = typed(capsys, "transparency", "report", 2025, "--draft", *where)
    assert (status, out) == (0, "The draft for 2025 is made; nothing is published.\n")
    status, _, err = typed(capsys, "transparency", "report", 1999, *where)
    assert status == 1
    assert "There are reports from 2024 on." in err


def test_statements_are_exported_for_later(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where = ("--data-dir", data)
    lines, table = tmp_path / "out.jsonl", tmp_path / "out.csv"
    status, out, _ = typed(capsys, "transparency", "export", lines, *where)
    assert (status, out) == (0, f"12 statements are in {lines}.\n")
    records = [json.loads(line) for line in lines.read_text().splitlines()]
    assert len({record["puid"] for record in records}) == 12
    assert not any("carl" in line for line in lines.read_text().splitlines()), "what is held up is not among them"
    assert typed(capsys, "transparency", "export", table, *where)[0] == 0
    with table.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["puid"] for row in rows] == [record["puid"] for record in records]
    assert rows[0]["territorial_scope"].startswith("AT|BE|")
    assert typed(capsys, "transparency", "export", lines, *where)[0] == 1, "nothing is overwritten"
    status, _, err = typed(capsys, "transparency", "export", tmp_path / "x", "--state", "blocked", *where)
    assert status == 1
    assert "queued, sent, refused" in err


@pytest.mark.anyio
async def test_a_running_server_is_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHAPPE_TRANSPARENCY", PROVIDER)
    folder = tmp_path / "data"
    clock = Clock()
    clock.ms = start_of(2026) + 1
    chappe = await Chappe.open(make_settings(folder, transparency=PROVIDER), clock, None, CHEAP)
    await filled(chappe)
    async with machine_socket.listening(folder, chappe.machine):
        report = ("transparency", "report", 2025, "--data-dir", folder)
        status, out, err = await anyio.to_thread.run_sync(typed, capsys, *report)
        assert (status, out) == (0, "The report of 2025 is published, as version 1.\n")
        assert "opened for a moment" not in err
        assert "of 24" in err, "how far it is"
        export = ("transparency", "export", tmp_path / "out", "--data-dir", folder)
        assert (await anyio.to_thread.run_sync(typed, capsys, *export))[0] == 0
    acts = [row[0] for row in await chappe.database.fetch("SELECT act FROM audit_entry")]
    assert {"transparency.published", "transparency.exported"} <= set(acts)
    await chappe.close()


def told(settings: Settings) -> list[Finding]:
    return list(check_told(Look.of(settings, schema_folders(), offline=True)))


def test_the_doctor_says_what_waits_for_somebody(data: Path) -> None:
    assert told(make_settings(data)) == []
    settings = make_settings(data, transparency=PROVIDER)
    (held, *_) = told(settings)
    assert (held.severity.value, held.what) == ("warn", "statements wait for a person: 1 blocked")

    async def token_is_not_taken(chappe: Chappe) -> None:
        await chappe.bus.call(REGISTER, Command(stop, None, ("digest", [])))

    with_data(settings, token_is_not_taken)
    (worst, *_) = told(settings)
    assert worst.severity.value == "bad"
    assert "token" in worst.what
