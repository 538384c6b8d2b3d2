"""Finding a hash among many: the same as comparing one by one."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chappe.matching import index
from chappe.matching.index import MAX_DISTANCE, ExactIndex, PDQIndex, pack
from chappe.matching.look import MAX_NAMED, media_named_in


def flipped(hashed: bytes, bits: list[int]) -> bytes:
    number = int.from_bytes(hashed, "big")
    for bit in bits:
        number ^= 1 << bit
    return number.to_bytes(32, "big")


HASHES = st.binary(min_size=32, max_size=32)


@settings(deadline=None)
@given(st.lists(HASHES, min_size=1, max_size=30), HASHES, st.lists(st.integers(0, 255), unique=True, max_size=40))
def test_the_nearest_is_found_as_by_comparing_one_by_one(held: list[bytes], wanted: bytes, bits: list[int]) -> None:
    held = [*held, flipped(wanted, bits)]
    distances = [(int.from_bytes(one, "big") ^ int.from_bytes(wanted, "big")).bit_count() for one in held]
    expected = min(distances) if min(distances) <= MAX_DISTANCE else None
    assert PDQIndex(pack(held)).nearest(wanted) == expected


def test_what_lies_in_any_part_of_a_large_list_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "ROWS_AT_ONCE", 64)
    held = [random.Random(number).randbytes(32) for number in range(1_000)]
    many = PDQIndex(pack(held))
    assert len(many) == 1_000
    assert many.size_bytes == 32_000
    for at in (0, 63, 64, 500, 999):
        assert many.nearest(held[at]) == 0
        assert many.nearest(flipped(held[at], list(range(100, 131)))) == 31
        # All bits that differ stand in the words that are counted first, and then in the others.
        for bits in (list(range(224, 255)), list(range(31))):
            assert many.nearest(flipped(held[at], bits)) == 31
        assert many.nearest(flipped(held[at], list(range(100, 132)))) is None


def test_the_very_file_is_found_and_no_other() -> None:
    same_head = [b"\x80" * 8 + bytes([number]) * 24 for number in range(5)]
    held = sorted([random.Random(number).randbytes(32) for number in range(1_000)] + same_head)
    exact = ExactIndex(pack(held))
    assert all(one in exact for one in held)
    assert not any(flipped(one, [bit]) in exact for one in held[:50] for bit in (0, 100, 255))
    assert b"\x80" * 8 + b"\x07" * 24 not in exact
    assert b"\xff" * 32 not in exact
    with pytest.raises(ValueError, match="not in order"):
        ExactIndex(pack(held[::-1]))
    with pytest.raises(ValueError, match="piece of a hash"):
        pack([held[0], b"x"])


def test_media_is_named_anywhere_in_an_event() -> None:
    event = b'{"a":"mxc://x.org/AbC_1","b":{"c":["<img src=\\"mxc://x.org/two-2\\">","mxc://other.org/three"]},"d":"mxc://x.org/AbC_1"}'
    assert media_named_in(event, "x.org") == ["AbC_1", "two-2"]
    assert media_named_in(b'"mxc://x.org/" "mxc://x.orgs/a" "mxc://xaorg/a"', "x.org") == []
    assert media_named_in(b'"mxc://x.org/' + b"a" * 300 + b'"', "x.org") == []
    many = b" ".join(b"mxc://x.org/m%d" % number for number in range(100))
    assert len(media_named_in(many, "x.org")) == MAX_NAMED
