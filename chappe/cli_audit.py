"""The commands `chappe audit …`: the log of what staff did, for whoever owns the machine or has a copy of it.

They only read: a running server is not asked, so that nothing which it says has to be believed.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from chappe.audit import export as exports
from chappe.audit.checkpoint import Checkpoint, open_checkpoint
from chappe.audit.kept import kept_in
from chappe.audit.key import VKEY_FILE
from chappe.audit.note import MAX_NOTE_BYTES, NoteKey, parse_vkey
from chappe.audit.prove import HEAD, check_proof, consistency_proof, inclusion_proof
from chappe.audit.source import PostgresSource, Source, SQLiteSource, Unreadable
from chappe.audit.verify import Report
from chappe.audit.verify import verify as verified
from chappe.cli_where import Flag, Where, require_data, settings_of
from chappe.config import Settings
from chappe.errors import StartupError

FOUND_SOMETHING = 1
MAX_PROOF_BYTES = 262_144

app = App(name="audit", help="The audit log: what staff did. Checkpoints, exports, proofs, and whether it is whole.")


@app.command
def checkpoint(*, key: Flag = False, where: Where | None = None) -> None:
    """Print the newest checkpoint. Keep it elsewhere: with it, whatever is altered or lost later can be found.

    Parameters
    ----------
    key
        Print the verifier key instead, with which others check it.
    """
    settings = settings_of(where)
    if key:
        print(_own_key(settings))
        return
    with _log_of(settings) as source:
        print(_newest(source, _own_key(settings))[0].decode(), end="")


@app.command
def export(folder: Path, *, where: Where | None = None) -> None:
    """Write the whole log into a new folder, so that others can check it.

    Parameters
    ----------
    folder
        The folder to make. What it holds is about people: give it to those only who may read it.
    """
    settings = settings_of(where)
    with _log_of(settings) as source:
        written = exports.write_export(source, folder, str(_own_key(settings)))
    print(f"{written} entries are in {folder}.")


@app.command
def prove(number: int | None = None, *, since: int | None = None, where: Where | None = None) -> None:
    """Print the proof that an entry is in the log; or, with --since, that an older checkpoint begins the newest.

    Parameters
    ----------
    number
        The number of the entry.
    since
        How many entries the older checkpoint is about.
    """
    if (number is None) == (since is None):
        raise StartupError("What is to be proven is not clear.", "Give the number of an entry, or --since SIZE.")
    settings = settings_of(where)
    with _log_of(settings) as source:
        note, newest = _newest(source, _own_key(settings))
        if number is not None:
            print(inclusion_proof(source, number, note, newest), end="")
        elif since is not None:
            print(consistency_proof(source, since, newest.size), end="")


@app.command
def verify(
    path: Path | None = None,
    *,
    vkey: Annotated[tuple[str, ...], Parameter(consume_multiple=False)] = (),
    checkpoint: Annotated[tuple[Path, ...], Parameter(consume_multiple=False)] = (),
    where: Where | None = None,
) -> int:
    """Tell whether the log is whole, and else which entry is altered, moved or missing. Needs the public key only.

    Parameters
    ----------
    path
        An export, a file of SQLite, or a proof of one entry. Without it, the log of the server on this machine.
    vkey
        The verifier key, or a file with it. May be given again, for keys of before.
    checkpoint
        A file with a checkpoint that was kept. May be given again.
    """
    kept = [_read(file, MAX_NOTE_BYTES) for file in checkpoint]
    keys = [_key(text) for text in vkey]
    if path is None:
        settings = settings_of(where)
        with _log_of(settings) as source:
            return _told(verified(source, keys or [_own_key(settings)], kept + kept_in(settings.data_dir)))
    if not keys:
        raise StartupError("Whose log this is to be is not said.", "Give the verifier key: --vkey NAME+…, or a file.")
    if path.is_file() and (text := _read(path, MAX_PROOF_BYTES)).startswith(HEAD.encode()):
        proven = check_proof(text, keys)
        told = f"{proven.leaf.get('act')} at {proven.leaf.get('time')}"
        print(f"Entry {proven.number} is in the log of {proven.checkpoint.origin}: {told}.")
        return 0
    with closing(exports.FolderSource(path) if path.is_dir() else SQLiteSource(path)) as source:
        return _told(verified(source, keys, kept))


def _told(report: Report) -> int:
    for finding in report.findings:
        print(finding.sentence)
    newest = report.newest
    covered = f"{newest.size} under the checkpoint of {newest.origin}" if newest else "none under a checkpoint"
    print(f"{report.entries} entries, {covered}; {report.checkpoints} checkpoints.")
    if report.uncovered:
        print(f"The newest {report.uncovered} are under no checkpoint yet: nothing proves those.")
    if report.erased:
        print(f"{report.erased} parts were erased, and entries say so.")
    if report.of_others:
        print(f"{report.of_others} checkpoints of other keys were not looked at.")
    print("Something is wrong." if report.findings else "Nothing is wrong.")
    return FOUND_SOMETHING if report.findings else 0


@contextmanager
def _log_of(settings: Settings) -> Iterator[Source]:
    """The log of the server that is meant, while it runs or not."""
    require_data(settings)
    source: Source
    if settings.storage == "sqlite":
        source = SQLiteSource(settings.data_dir / "chappe.db")
    else:
        source = PostgresSource(settings.storage)
    with closing(source):
        try:
            yield source
        except Unreadable as wrong:
            raise StartupError(
                f"The log cannot be read: {wrong}.", "`chappe audit verify` says what is left."
            ) from wrong


def _newest(source: Source, key: NoteKey) -> tuple[bytes, Checkpoint]:
    found = [(note, opened) for note in source.notes() if (opened := open_checkpoint(note, [key])) is not None]
    if not found:
        raise StartupError("There is no checkpoint yet.", "One is signed with the first act of staff.")
    return max(found, key=lambda each: each[1].size)


def _own_key(settings: Settings) -> NoteKey:
    return _key(str(settings.data_dir / VKEY_FILE))


def _key(text: str) -> NoteKey:
    """A verifier key, or that in a file."""
    if "+" in text and not Path(text).is_file():
        return parse_vkey(text)
    return parse_vkey(_read(Path(text), MAX_NOTE_BYTES).decode("utf-8", "replace"))


def _read(path: Path, most: int) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(most)
    except OSError as error:
        raise StartupError(f"{path} cannot be read: {error.strerror}.", "Check the name of the file.") from error
