"""Finding a hash among a million: exactly, or what is near it. Pure, and never changed once built.

A PDQ hash is four words of 64 bits, kept word by word. How many bits differ is counted for all of them at once, for
two words first: of hashes that have nothing to do with each other hardly one in a million comes that near, and only
what does is counted whole.
"""

from collections.abc import Sequence
from typing import Any

from chappe.matching.read_list import HASH_BYTES

MAX_DISTANCE = 31
"""Bits that may differ between two pictures that are taken for the same: as the algorithm's authors recommend."""
MIN_QUALITY = 50
"""Pictures with less in them look like too many others: the same recommendation."""
ROWS_AT_ONCE = 32_768
"""Hashes that are looked at in one go: what is computed for them stays in the processor's cache."""


class PDQIndex:
    """The pictures of a list."""

    def __init__(self, packed: bytes) -> None:
        """`packed`: the hashes one after the other."""
        import numpy as np  # only who has lists pays for it

        self._np = np
        words = np.frombuffer(packed, np.dtype("<u8")).reshape(-1, 4)
        self._words: Any = np.ascontiguousarray(words.T)

    def __len__(self) -> int:
        return int(self._words.shape[1])

    @property
    def size_bytes(self) -> int:
        """What it takes in memory."""
        return int(self._words.nbytes)

    def nearest(self, hashed: bytes) -> int | None:
        """How many bits the nearest one differs in; None if all differ in more than `MAX_DISTANCE`."""
        np, words = self._np, self._words
        wanted = np.frombuffer(hashed, np.dtype("<u8"))
        best = MAX_DISTANCE + 1
        for start in range(0, words.shape[1], ROWS_AT_ONCE):
            part = words[:, start : start + ROWS_AT_ONCE]
            half = np.bitwise_count(part[0] ^ wanted[0])
            half += np.bitwise_count(part[1] ^ wanted[1])
            near = np.flatnonzero(half < best)
            if len(near):
                rest = np.bitwise_count(part[2:, near] ^ wanted[2:, None]).sum(0, dtype=np.uint16)
                best = min(best, int((half[near] + rest).min()))
        return best if best <= MAX_DISTANCE else None


class ExactIndex:
    """The files of a list, in order."""

    def __init__(self, packed: bytes) -> None:
        """`packed`: the hashes one after the other, in order."""
        import numpy as np

        self._packed = packed
        self._heads: Any = np.frombuffer(packed, np.dtype(">u8"))[:: HASH_BYTES // 8].astype(np.uint64)
        if (self._heads[1:] < self._heads[:-1]).any():
            raise ValueError("a list of hashes is not in order")
        self._np = np

    def __len__(self) -> int:
        return len(self._heads)

    @property
    def size_bytes(self) -> int:
        """What it takes in memory."""
        return len(self._packed) + int(self._heads.nbytes)

    def __contains__(self, hashed: bytes) -> bool:
        head = self._np.uint64(int.from_bytes(hashed[:8], "big"))
        at = int(self._heads.searchsorted(head))
        while at < len(self._heads) and self._heads[at] == head:
            if self._packed[at * HASH_BYTES : (at + 1) * HASH_BYTES] == hashed:
                return True
            at += 1
        return False


def pack(chunks: Sequence[bytes]) -> bytes:
    """The parts of a list as one. Refuses, with ValueError, what is no whole number of hashes."""
    packed = b"".join(chunks)
    if len(packed) % HASH_BYTES:
        raise ValueError("a list of hashes has a piece of a hash in it")
    return packed
