"""Glob patterns without the traps of regular expressions. Appendices, "Glob-style matching". Pure.

A pattern is cut at its stars. Each piece is looked for once, as early as possible behind the one before: where
that finds nothing, no other choice would have. So there is nothing to try again, unlike in a regular expression.
Case does not count: both sides are compared in small letters.
"""

import re
from functools import lru_cache

MAX_REMEMBERED = 4_096
"""Patterns kept ready."""

_BEGINS_WORD = "(?<![a-z0-9_])"
_ENDS_WORD = "(?![a-z0-9_])"


class Glob:
    """A pattern, ready to be matched with texts in small letters."""

    __slots__ = ("_end", "_first", "_length", "_literal", "_pieces", "_words")

    def __init__(self, pattern: str) -> None:
        pieces = pattern.lower().split("*")
        between = [piece for piece in pieces[1:-1] if piece]
        self._literal = pieces[0] if len(pieces) == 1 and "?" not in pieces[0] else None
        self._length = len(pieces[-1])
        self._first = _regex(pieces[0])
        self._pieces = [_regex(piece) for piece in between]
        self._end = _regex(pieces[-1]) if len(pieces) > 1 else None
        if len(pieces) == 1:
            self._words = [_regex(pieces[0], _BEGINS_WORD, _ENDS_WORD)]
        else:
            first, last = _regex(pieces[0], _BEGINS_WORD, ""), _regex(pieces[-1], "", _ENDS_WORD)
            self._words = [first, *self._pieces, last]

    def matches(self, text: str) -> bool:
        """Whether the pattern is all of `text`."""
        if self._literal is not None:
            return text == self._literal
        if self._end is None:
            return self._first.fullmatch(text) is not None
        found = self._first.match(text)
        if found is None:
            return False
        at = _behind(self._pieces, text, found.end())
        last = len(text) - self._length
        return 0 <= at <= last and self._end.match(text, last) is not None

    def matches_words(self, text: str) -> bool:
        """Whether the pattern is a part of `text` that begins and ends at a word boundary."""
        return _behind(self._words, text, 0) >= 0


def _behind(pieces: list[re.Pattern[str]], text: str, at: int) -> int:
    """Where the last piece ends when each is found as early as possible; -1 when one is not."""
    for piece in pieces:
        found = piece.search(text, at)
        if found is None:
            return -1
        at = found.end()
    return at


def _regex(piece: str, before: str = "", behind: str = "") -> re.Pattern[str]:
    middle = ".".join(re.escape(part) for part in piece.split("?"))
    return re.compile(before + middle + behind, re.DOTALL)


glob = lru_cache(maxsize=MAX_REMEMBERED)(Glob)
"""The pattern made ready; that of a default rule is the same for everybody."""
