"""The log as files that anybody can check without this program, and `chappe audit verify` can, too.

`checkpoint` and `tile/` are a log as C2SP tlog-tiles has it, with the leaves in `tile/entries/`: every tool for such
logs reads it. `entries.jsonl` has what was sealed, one entry a line; `checkpoints.jsonl` every checkpoint, `vkey` the
key.
"""

import base64
import binascii
from collections.abc import Iterator
from pathlib import Path

import msgspec

from chappe.audit.checkpoint import parse_checkpoint
from chappe.audit.entry import Entry, Part
from chappe.audit.note import MAX_NOTE_BYTES, text_of
from chappe.audit.source import Source, Unreadable
from chappe.audit.tree import HASH_BYTES, Frontier, Node
from chappe.errors import StartupError

ENTRIES, CHECKPOINTS, CHECKPOINT, VKEY = "entries.jsonl", "checkpoints.jsonl", "checkpoint", "vkey"
WIDTH = 256
"""Hashes of a whole tile, and entries of a whole bundle."""
_LEVELS = 8
"""Of the tree in one tile."""
MAX_LINE_BYTES = 1_048_576


class _Part(msgspec.Struct, omit_defaults=True):
    seal: str
    salt: str | None = None
    value: str | None = None


class _Line(msgspec.Struct):
    number: int
    time: int
    act: str
    actor: _Part
    subject: _Part
    body: _Part


_read_line = msgspec.json.Decoder(_Line).decode
_read_text = msgspec.json.Decoder(str).decode


def write_export(source: Source, folder: Path, vkey: str) -> int:
    """Write the log, as far as the newest checkpoint, into a new folder. Returns how many entries that are."""
    try:
        folder.mkdir(mode=0o700, parents=True)
    except FileExistsError as error:
        raise StartupError(f"{folder} exists already.", "Choose another name for the export.") from error
    tree, leaves = Frontier(), list[bytes]()
    levels: dict[int, list[bytes]] = {}
    note, size = b"", 0
    with (folder / CHECKPOINTS).open("wb") as lines:
        for note in source.notes():
            lines.write(msgspec.json.encode(note.decode("utf-8", "replace")) + b"\n")
            told = parse_checkpoint(text_of(note) or "")
            size = told.size if told is not None else size
    with (folder / ENTRIES).open("wb") as lines:
        for entry in source.entries():
            if entry.number >= size:  # it comes with the next checkpoint
                break
            lines.write(msgspec.json.encode(_line(entry)) + b"\n")
            leaves.append(entry.leaf())
            if len(leaves) == WIDTH:
                _write_bundle(folder, tree.size // WIDTH, leaves)
                leaves = []
            for node, hashed in tree.add(entry.hash()):
                if node.level % _LEVELS == 0:
                    row = levels.setdefault(node.level // _LEVELS, [])
                    row.append(hashed)
                    if len(row) == WIDTH:
                        _write(folder / _tile(str(node.level // _LEVELS), node.ordinal // WIDTH), b"".join(row))
                        row.clear()
    if leaves:
        _write_bundle(folder, tree.size // WIDTH, leaves)
    for level, row in levels.items():
        if row:
            _write(folder / _tile(str(level), (tree.size >> (_LEVELS * level)) // WIDTH, len(row)), b"".join(row))
    (folder / CHECKPOINT).write_bytes(note)
    (folder / VKEY).write_text(f"{vkey}\n")
    return tree.size


def _write_bundle(folder: Path, index: int, leaves: list[bytes]) -> None:
    width = len(leaves) % WIDTH
    _write(folder / _tile("entries", index, width), b"".join(len(leaf).to_bytes(2) + leaf for leaf in leaves))


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.write_bytes(content)


def _tile(level: str, index: int, width: int = 0) -> str:
    """The path of a tile; with a width, of one that is not whole yet."""
    digits = f"{index:03}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    path = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
    return f"tile/{level}/{path}" + (f".p/{width}" if width else "")


def _line(entry: Entry) -> _Line:
    actor, subject, body = (
        _Part(_base64(part.seal), None if part.salt is None else _base64(part.salt), part.value)
        for part in (entry.actor, entry.subject, entry.body)
    )
    return _Line(entry.number, entry.time, entry.act, actor, subject, body)


class FolderSource:
    """The log in the folder of an export."""

    def __init__(self, folder: Path) -> None:
        if not (folder / ENTRIES).is_file():
            raise StartupError(f"{folder} is no export: it has no {ENTRIES}.", "Name the folder of an export.")
        self._folder = folder

    def entries(self, number: int = 0) -> Iterator[Entry]:
        for at, line in self._lines(ENTRIES):
            try:
                read = _read_line(line)
                parts = [_part(part) for part in (read.actor, read.subject, read.body)]
            except (msgspec.DecodeError, binascii.Error, ValueError, RecursionError) as error:
                raise Unreadable(f"line {at} of {ENTRIES}: {error}") from error
            if read.number >= number:
                yield Entry(read.number, read.time, read.act, *parts)

    def notes(self) -> Iterator[bytes]:
        for at, line in self._lines(CHECKPOINTS):
            try:
                yield _read_text(line).encode("utf-8", "replace")
            except msgspec.DecodeError as error:
                raise Unreadable(f"line {at} of {CHECKPOINTS}: {error}") from error
        if (self._folder / CHECKPOINT).is_file():
            with (self._folder / CHECKPOINT).open("rb") as file:
                yield file.read(MAX_NOTE_BYTES)

    def node(self, node: Node) -> bytes | None:
        level, above = divmod(node.level, _LEVELS)
        first, width = node.ordinal << above, 1 << above
        tile = self._whole_tile(level, first // WIDTH)
        at = first % WIDTH * HASH_BYTES
        held = tile[at : at + width * HASH_BYTES]
        if len(held) < width * HASH_BYTES:
            return None
        hashes = [held[each : each + HASH_BYTES] for each in range(0, len(held), HASH_BYTES)]
        return _folded(hashes)

    def close(self) -> None:
        pass

    def _whole_tile(self, level: int, index: int) -> bytes:
        whole = self._folder / _tile(str(level), index)
        if whole.is_file():
            return whole.read_bytes()
        partial = whole.with_name(f"{whole.name}.p")
        widths = sorted((path for path in partial.iterdir() if path.name.isdigit()), key=lambda path: int(path.name)) \
            if partial.is_dir() else []  # fmt: skip
        return widths[-1].read_bytes() if widths else b""

    def _lines(self, name: str) -> Iterator[tuple[int, bytes]]:
        path = self._folder / name
        if not path.is_file():
            return
        with path.open("rb") as lines:
            at = 0
            while line := lines.readline(MAX_LINE_BYTES):
                at += 1
                yield at, line


def _folded(hashes: list[bytes]) -> bytes:
    tree = Frontier()
    for hashed in hashes:
        tree.add(hashed)
    return tree.root()


def _part(part: _Part) -> Part:
    salt = None if part.salt is None else base64.b64decode(part.salt, validate=True)
    return Part(base64.b64decode(part.seal, validate=True), salt, part.value)


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
