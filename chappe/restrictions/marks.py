"""Which rooms, people and media may be restricted at all, in a little memory of fixed size.

Nearly nothing is restricted, and everything that is read asks. So each name is one bit, by its hash: where it is not
set, nothing is; where it is, the database knows. Names that share a bit cost a look, and nothing else.
"""

BITS = 1 << 22
"""Half a megabyte. A million names set a fifth of them."""
_MASK = BITS - 1


class Marks:
    """The set bits. What was marked once stays so until the process ends."""

    __slots__ = ("_bits", "count")

    def __init__(self) -> None:
        self._bits = bytearray(BITS // 8)
        self.count = 0
        """How many bits are set."""

    def add(self, name: str) -> None:
        """Mark a name."""
        at = hash(name) & _MASK
        if not self._bits[at >> 3] >> (at & 7) & 1:
            self._bits[at >> 3] |= 1 << (at & 7)
            self.count += 1

    def __contains__(self, name: str) -> bool:
        at = hash(name) & _MASK
        return bool(self._bits[at >> 3] >> (at & 7) & 1)
