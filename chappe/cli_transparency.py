"""The commands `chappe transparency …`: the yearly report, and statements for the EU's database as a file."""

import asyncio
import csv
import os
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from cyclopts import App

from chappe.accounts.machine_socket import ask
from chappe.cli_where import Flag, Where, require_data, settings_of
from chappe.config import Settings
from chappe.errors import StartupError
from chappe.transparency.codes import annex
from chappe.transparency.csv_text import harmless
from chappe.transparency.machine import Exported, ExportStatements, MakeReport, ReportFile, ReportState, Text
from chappe.transparency.report import Making
from chappe.transparency.rules import FIELDS

LOOK_S = 0.5
NOT_PUBLISHED = 1

app = App(name="transparency", help="What the public and the European Union are told of decisions.")

T = TypeVar("T")
Ask = Callable[[msgspec.Struct, type[Any]], Awaitable[Any]]
"""`await ask(wish, kind)`: have the server fulfil a wish, be it one that runs or one that is opened for it."""


@app.command
def report(
    year: int,
    *,
    reason: str = "",
    draft: Flag = False,
    into: Path | None = None,
    where: Where | None = None,
) -> int:
    """Make the yearly report, compare it with the register, and publish it if they agree.

    Parameters
    ----------
    year
        The year that is over.
    reason
        What is corrected. Needed from the second version of a year on; it is published.
    draft
        Publish nothing. A draft can be made of a year that is not over.
    into
        A folder into which the eleven parts are written as CSV, published or not.
    """
    making, files = _talk(settings_of(where), lambda ask: _make(ask, MakeReport(year, reason, draft), with_files=into))
    if into is not None:
        into.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (into / name).write_bytes(text.encode())
    for wrong in making.wrong:
        print(wrong)
    if making.version:
        print(f"The report of {year} is published, as version {making.version}.")
    elif draft:
        print(f"The draft for {year} is made; nothing is published.")
    else:
        print(f"The report of {year} is not published.")
    return 0 if making.version or draft else NOT_PUBLISHED


@app.command
def export(file: Path, *, state: str = "queued", where: Where | None = None) -> None:
    """Write statements of reasons into a file, as they are for the EU's database: JSON Lines, or CSV.

    Parameters
    ----------
    file
        The file to write: CSV if its name ends with .csv, else JSON Lines. It must not be there yet.
    state
        queued, sent or refused. What is held up since it names somebody is not exported.
    """
    records = _talk(settings_of(where), lambda ask: _export(ask, state))
    try:
        with file.open("x", encoding="utf-8", newline="") as out:
            if file.suffix == ".csv":
                writer = csv.writer(out, lineterminator="\r\n")
                writer.writerow(FIELDS)
                writer.writerows(_cells(record) for record in records)
            else:
                out.writelines(record + "\n" for record in records)
    except OSError as error:
        raise StartupError(f"{file} cannot be written: {error.strerror}.", "Choose a name that is free.") from error
    print(f"{len(records)} statements are in {file}.")


def _cells(record: str) -> list[str]:
    values = msgspec.json.decode(record)
    cells = (values.get(field) for field in FIELDS)
    return [harmless("|".join(cell) if isinstance(cell, list) else str("" if cell is None else cell)) for cell in cells]


async def _make(ask: Ask, wish: MakeReport, *, with_files: Path | None) -> tuple[Making, dict[str, str]]:
    making: Making = await ask(wish, Making)
    told = 0.0
    while not making.is_over:
        await asyncio.sleep(LOOK_S)
        making = await ask(ReportState(), Making)
        if time.monotonic() - told >= 1 and making.all:
            told = time.monotonic()
            print(f"{making.done} of {making.all}", file=sys.stderr)
    files: dict[str, str] = {}
    if with_files is not None:
        for part in annex().parts:
            files[part.file_name] = (await ask(ReportFile(part.number), Text)).text
    return making, files


async def _export(ask: Ask, state: str) -> list[str]:
    records: list[str] = []
    last: int | None = 0
    while last is not None:
        some: Exported = await ask(ExportStatements(state, last), Exported)
        records += some.records
        last = some.last
    return records


def _talk(settings: Settings, talk: Callable[[Ask], Awaitable[T]]) -> T:
    """Talk with the server that runs, or open its data for as long as that takes."""
    if settings.data_dir.is_dir() and ask(settings.data_dir, ReportState(), Making) is not None:
        return asyncio.run(_with_running(settings, talk))
    require_data(settings)
    print(f"No server runs on {settings.data_dir}: it is opened for a moment.", file=sys.stderr)
    os.umask(0o077)
    return asyncio.run(_with_opened(settings, talk))


async def _with_running(settings: Settings, talk: Callable[[Ask], Awaitable[T]]) -> T:
    async def ask_it(wish: msgspec.Struct, kind: type[Any]) -> Any:
        done = ask(settings.data_dir, wish, kind)
        if done is None:
            raise StartupError("The server has ended meanwhile.", "Look into its log, and try again.")
        return done

    return await talk(ask_it)


async def _with_opened(settings: Settings, talk: Callable[[Ask], Awaitable[T]]) -> T:
    from chappe.app import Chappe  # loads the whole server, which a running one spares us

    chappe = await Chappe.open(settings)

    async def ask_it(wish: msgspec.Struct, kind: type[Any]) -> Any:
        return await chappe.machine.fulfil(wish)

    try:
        return await talk(ask_it)
    finally:
        await chappe.close()
