"""Exports and proofs: what is handed to somebody who has nothing but the public key."""

import base64
import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from chappe.audit.checkpoint import open_checkpoint
from chappe.audit.export import FolderSource, write_export
from chappe.audit.prove import check_proof, consistency_proof, inclusion_proof
from chappe.audit.tree import Frontier, hash_of, leaf_hash, proves_consistency
from chappe.audit.verify import What, verify
from chappe.errors import Refused, StartupError
from tests.audit.conftest import VKEY, Copy


@pytest.fixture(scope="module")
def copy() -> Copy:
    return Copy([1, 2, 250, 10, 300])


def exported(copy: Copy, folder: Path) -> FolderSource:
    assert write_export(copy, folder, str(VKEY)) == len(copy.rows)
    return FolderSource(folder)


def test_an_export_is_whole_and_says_the_same(copy: Copy, tmp_path: Path) -> None:
    source = exported(copy, tmp_path / "log")
    report = verify(source, [VKEY])
    assert (report.findings, report.entries, report.newest) == ([], 563, open_checkpoint(copy.signed[-1], [VKEY]))
    assert list(source.entries()) == copy.rows
    assert (tmp_path / "log" / "vkey").read_text() == f"{VKEY}\n"
    with pytest.raises(StartupError):
        write_export(copy, tmp_path / "log", str(VKEY))


def test_its_tiles_are_those_of_c2sp(copy: Copy, tmp_path: Path) -> None:
    folder = tmp_path / "log"
    exported(copy, folder)
    tiles = {
        str(path.relative_to(folder / "tile")): path.read_bytes()
        for path in folder.rglob("*")
        if "tile/" in str(path) and path.is_file()
    }
    assert set(tiles) == {"0/000", "0/001", "0/002.p/51", "1/000.p/2", "entries/000", "entries/001", "entries/002.p/51"}
    assert tiles["0/000"][:32] == copy.rows[0].hash()
    bundle, leaves = tiles["entries/000"], []
    while bundle:
        length = int.from_bytes(bundle[:2])
        leaves.append(bundle[2 : 2 + length])
        bundle = bundle[2 + length :]
    assert leaves == [row.leaf() for row in copy.rows[:256]]
    tree = Frontier()
    for leaf in leaves:
        tree.add(leaf_hash(leaf))
    assert tiles["1/000.p/2"][:32] == tree.root()


SPOILING: list[tuple[str, Callable[[list[str]], object], tuple[What, int]]] = [
    ("altered", lambda lines: lines.__setitem__(7, lines[7].replace("so", "no")), (What.PART_ALTERED, 7)),
    ("removed", lambda lines: lines.pop(7), (What.MISSING, 7)),
    ("reordered", lambda lines: lines.insert(2, lines.pop(7)), (What.MISSING, 2)),
    ("rubbish", lambda lines: lines.__setitem__(7, "{" * 5_000), (What.UNREADABLE, 7)),
    ("cut", lambda lines: lines.__delitem__(slice(300, None)), (What.MISSING, 300)),
    ("cut within", lambda lines: lines.__setitem__(-1, lines[-1][:40]), (What.UNREADABLE, 562)),
    ("bytes", lambda lines: lines.__setitem__(7, "\ud800"), (What.UNREADABLE, 7)),
    ("seal", lambda lines: lines.__setitem__(7, lines[7].replace('"seal":"', '"seal":"?')), (What.UNREADABLE, 7)),
]


@pytest.mark.parametrize(("spoil", "expected"), [each[1:] for each in SPOILING], ids=[each[0] for each in SPOILING])
def test_a_spoilt_export_is_found(
    copy: Copy, tmp_path: Path, spoil: Callable[[list[str]], object], expected: tuple[What, int]
) -> None:
    source = exported(copy, tmp_path / "log")
    path = tmp_path / "log" / "entries.jsonl"
    lines = path.read_text().splitlines()
    spoil(lines)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", errors="surrogatepass")
    assert expected in {(one.what, one.first) for one in verify(source, [VKEY]).findings}


def test_an_entry_is_proven_by_a_text_alone(copy: Copy) -> None:
    note = copy.signed[-1]
    checkpoint = open_checkpoint(note, [VKEY])
    assert checkpoint is not None
    for number in (0, 2, 255, 256, 562):
        text = inclusion_proof(copy, number, note, checkpoint)
        proven = check_proof(text.encode(), [VKEY])
        assert (proven.number, proven.leaf["act"], proven.checkpoint) == (number, "test.done", checkpoint)
        row = copy.rows[number]
        assert base64.b64decode(str(proven.leaf["body"])) == row.body.seal
        lines = text.splitlines()
        for wrong in (
            text.replace(f"index {number}", f"index {number + 1}"),
            text.replace("extra ", "extra AAAA"),
            "\n".join(lines[:3] + lines[4:]),
            text.replace("example.org", "example.net"),
            text[:-10],
            "",
            "x\n" * 100,
        ):
            with pytest.raises(Refused):
                check_proof(wrong.encode(), [VKEY])
    with pytest.raises(Refused):
        inclusion_proof(copy, 563, note, checkpoint)


def test_one_checkpoint_is_proven_to_begin_another(copy: Copy) -> None:
    first, last = (open_checkpoint(note, [VKEY]) for note in (copy.signed[2], copy.signed[-1]))
    assert first is not None
    assert last is not None
    lines = consistency_proof(copy, first.size, last.size).splitlines()
    assert proves_consistency(first.size, last.size, first.root, last.root, [base64.b64decode(line) for line in lines])
    with pytest.raises(Refused):
        consistency_proof(copy, 0, last.size)


def test_a_seal_can_be_checked_by_hand(copy: Copy, tmp_path: Path) -> None:
    """HMAC-SHA-256, written out, from nothing but what stands in the export."""
    exported(copy, tmp_path / "log")
    line = json.loads((tmp_path / "log" / "entries.jsonl").read_text().splitlines()[5])
    salt, value = base64.b64decode(line["body"]["salt"]), line["body"]["value"].encode()
    padded = salt + bytes(64 - len(salt))
    inner = sha256(bytes(each ^ 0x36 for each in padded) + value).digest()
    outer = sha256(bytes(each ^ 0x5C for each in padded) + inner).digest()
    assert outer == base64.b64decode(line["body"]["seal"])
    assert hash_of((0, 1), {0: outer}) == outer
