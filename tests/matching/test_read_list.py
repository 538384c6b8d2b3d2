"""Files of hashes, and those with rubbish in them."""

from hashlib import sha256

import pytest

from chappe.matching import read_list
from chappe.matching.read_list import Kind, WrongLines, read_hashes

ONE, OTHER = sha256(b"one").hexdigest(), sha256(b"other").hexdigest()


def read(text: str | bytes, kind: Kind = Kind.SHA256) -> list[bytes]:
    return read_hashes((text.encode() if isinstance(text, str) else text).splitlines(keepends=True), kind)


def test_each_hash_is_taken_once_and_in_order() -> None:
    text = f"\ufeff# from somewhere\r\n{ONE}\r\n\r\n  {OTHER.upper()}  # a remark\n{ONE}\n"
    assert read(text) == sorted([bytes.fromhex(ONE), bytes.fromhex(OTHER)])


RUBBISH = (
    ONE[:-1], ONE + "0", ONE[:-1] + "g", "http://example.org/", "0x" + ONE[2:], f"{ONE},100", f"{ONE} {OTHER}",
    "=cmd|' /C calc'!A0", "\0" * 64, "٣" * 64, "é" * 32, "+" + ONE[1:], " ".join(ONE[:21] for _ in range(3)) + "a",
)  # fmt: skip


@pytest.mark.parametrize("line", RUBBISH)
def test_a_line_that_is_no_hash_refuses_the_whole_file_and_is_not_repeated(line: str) -> None:
    with pytest.raises(WrongLines) as wrong:
        read(f"{ONE}\n{line}\n{OTHER}\n")
    assert [number for number, _ in wrong.value.wrong] == [2]
    assert "line 2" in str(wrong.value)
    assert line not in str(wrong.value)
    assert ONE not in str(wrong.value)


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(WrongLines):
        read(bytes(range(128, 256)))
    with pytest.raises(WrongLines, match="no hash in this file"):
        read("# nothing\n\n")


def test_hashes_that_would_match_everything_are_refused() -> None:
    with pytest.raises(WrongLines, match="empty file"):
        read(sha256(b"").hexdigest())
    for blank in ("00" * 32, "ff" * 32):
        with pytest.raises(WrongLines, match="nothing in it"):
            read(blank, Kind.PDQ)
        assert read(blank)


def test_not_every_wrong_line_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(WrongLines) as wrong:
        read("x\n" * 100)
    assert len(wrong.value.wrong) == read_list.MAX_TOLD
    assert "80 more" in str(wrong.value)
    monkeypatch.setattr(read_list, "MAX_ENTRIES", 1)
    with pytest.raises(WrongLines, match="at most 1"):
        read(f"{ONE}\n{OTHER}\n")
