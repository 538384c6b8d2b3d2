"""The commands `chappe hashes …`: lists of hashes, for whoever owns the machine. Each change is in the audit log."""

import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec
from cyclopts import App

from chappe.cli_where import Flag, Where, fulfil, fulfil_all, settings_of
from chappe.errors import StartupError
from chappe.matching.lists import HASHES_IN_CHUNK, About
from chappe.matching.machine import AddHashes, BeginHashes, FinishHashes, HashesTold, ListHashes, RetireHashes
from chappe.matching.read_list import MAX_LINE_BYTES, Kind, WrongLines, digest_of, read_hashes

app = App(name="hashes", help="Lists of hashes that public content is compared with. They are secret: none is printed.")


@app.command(name="import")
def import_list(
    name: str,
    file: Path,
    *,
    kind: Literal["sha256", "pdq"],
    about: Literal["child-abuse", "terror", "intimate-images", "fraud", "spam", "other"],
    source: str,
    owner: str,
    vetted: Flag = False,
    stage: Flag = False,
    where: Where | None = None,
) -> None:
    """Add a list, or the next version of one, and use it from now on. A file with rubbish in it changes nothing.

    Parameters
    ----------
    name
        What the list is called here: small letters, digits and .-_
    file
        One hash a line, in hexadecimal; what follows a # is left out.
    kind
        sha256 for files, pdq for pictures.
    about
        What it is about: who looks at what it finds follows from that.
    source
        Where it comes from.
    owner
        Who answers for it.
    vetted
        Each entry was looked at by those who keep the list: the very file may be hidden before a person has looked.
    stage
        Only add it: two people publish it in the console.
    """
    told = About(name, kind, about, source, owner, vetted)
    hashes = _read(file, Kind(kind))
    _print(fulfil_all(_wishes(told, hashes, is_published=not stage), HashesTold, settings_of(where)))


@app.command(name="list")
def list_all(*, where: Where | None = None) -> None:
    """Print all lists: name, version, kind, topic, state, hashes, whether it is vetted, source, who answers for it."""
    _print(fulfil(ListHashes(), HashesTold, settings_of(where)))


@app.command
def retire(name: str, *, where: Where | None = None) -> None:
    """Use a list no more, and forget its hashes.

    Parameters
    ----------
    name
        The list.
    """
    _print(fulfil(RetireHashes(name), HashesTold, settings_of(where)))


def _wishes(about: About, hashes: list[bytes], *, is_published: bool) -> Iterator[msgspec.Struct]:
    import_id = secrets.token_urlsafe(18)
    yield BeginHashes(import_id, about)
    for number, start in enumerate(range(0, len(hashes), HASHES_IN_CHUNK)):
        yield AddHashes(import_id, number, b"".join(hashes[start : start + HASHES_IN_CHUNK]))
    yield FinishHashes(import_id, len(hashes), digest_of(hashes), is_published)


def _read(path: Path, kind: Kind) -> list[bytes]:
    try:
        with path.open("rb") as file:
            # A line that is longer than any hash comes in parts, each of which is wrong.
            return read_hashes(iter(lambda: file.readline(MAX_LINE_BYTES), b""), kind)
    except WrongLines as wrong:
        raise StartupError(f"{path} is no list of such hashes: {wrong}", "Mend it, and import it again.") from None
    except OSError as error:
        raise StartupError(f"{path} cannot be read: {error.strerror}.", "Check the name of the file.") from error


def _print(told: HashesTold) -> None:
    for one in told.lists:
        vetted = "vetted" if one.vetted else "not vetted"
        columns = (one.name, one.version, one.kind, one.topic, one.state, one.entries, vetted, one.source, one.owner)
        print("\t".join(str(column) for column in columns))
