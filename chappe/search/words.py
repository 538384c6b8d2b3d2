"""The words of a text, the same for what is said and for what is looked for. Pure.

Compatible forms are one (NFKC), and so are large and small letters. Where a script sets no spaces between words, the
words are each character and each two that follow one another. A hashtag is a word with its #, and one without.
"""

import re
import unicodedata
from itertools import pairwise

MAX_WORDS = 400
"""Of a text: its first ones are found."""
MAX_WORD_CHARS = 40
"""A longer word is cut, wherever it stands."""

# Han, kana and their marks; Thai, Lao, Myanmar and Khmer.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
_UNSPACED += "\uf900-\ufaff\U00020000-\U0003ffff"
_MARKS = "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0900-\u0dff"
_PIECE = re.compile(rf"[{_UNSPACED}]+|#?(?:(?![{_UNSPACED}])[\w{_MARKS}])+")
_PLAIN = re.compile(r"\w+", re.ASCII)
_IS_UNSPACED = re.compile(f"[{_UNSPACED}]")


def words_of(text: str) -> list[str]:
    """The words by which a text is found, each once."""
    if text.isascii() and "#" not in text:  # most are, and so are learnt in half the time
        return list(dict.fromkeys([piece[:MAX_WORD_CHARS] for piece in _PLAIN.findall(text.lower())]))[:MAX_WORDS]
    found: dict[str, None] = {}
    for piece in _pieces(text):
        if _IS_UNSPACED.match(piece):
            found.update(dict.fromkeys(piece))
            found.update((a + b, None) for a, b in pairwise(piece))
        else:
            found[_cut(piece)] = None
            if piece.startswith("#"):
                found[_cut(piece[1:])] = None
        if len(found) >= MAX_WORDS:
            break
    return list(found)[:MAX_WORDS]


def wanted_words(term: str) -> list[str]:
    """The words that must all stand in what is found. Of a hashtag the one with its # is enough."""
    found: dict[str, None] = {}
    for piece in _pieces(term):
        if not _IS_UNSPACED.match(piece):
            found[_cut(piece)] = None
        elif len(piece) == 1:
            found[piece] = None
        else:
            found.update((a + b, None) for a, b in pairwise(piece))
    return list(found)


def _pieces(text: str) -> list[str]:
    # Casefolding may leave a text that is not composed.
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return _PIECE.findall(folded)


def _cut(word: str) -> str:
    return word[:MAX_WORD_CHARS]
