"""Whether a text names somebody: what may not be in what is sent (Art. 24(5) DSA, R83). Pure.

It errs on the side of finding: what is found waits for a person, who enters a text without it.
"""

import ipaddress
import re
import unicodedata
from collections.abc import Iterable, Iterator

import msgspec

from chappe.transparency.rules import FREE_TEXTS

MIN_NAME_CHARS = 3
MIN_PART_CHARS = 4
"""Of the parts of a name of several words."""
MAX_FINDINGS = 50
"""Of one record: enough to see that it is to be written anew."""
_MIN_DIGITS, _MIN_DIGITS_PLAIN, _MAX_DIGITS = 8, 10, 15


class Found(msgspec.Struct, frozen=True):
    """Where something stands: `text` is that part of the field, from `start` on."""

    field: str
    kind: str
    text: str
    start: int


_PATTERNS = (
    ("event_id", re.compile(r"\$[A-Za-z0-9_+/=-]{20,}(?::[\w.:-]+)?")),
    ("user_id", re.compile(r"@[\w.=/+-]+:[\w.-]+(?::\d+)?")),
    ("room_id", re.compile(r"[!#][^\s:!#]+:[\w.-]+(?::\d+)?|![A-Za-z0-9_-]{30,}")),
    (
        "email",
        re.compile(
            r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}\s?(?:@|\(at\)|\[at\])\s?[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}", re.IGNORECASE
        ),
    ),
    (
        "url",
        re.compile(r"\b[a-z][a-z0-9+.-]{1,20}://\S+|\b(?:mxc|matrix|mailto|tel|data):\S+|\bwww\.\S+", re.IGNORECASE),
    ),
    ("url", re.compile(r"\b(?:[a-z0-9-]{1,63}\.){1,8}(?:[a-z]{2,24})/\S*", re.IGNORECASE)),
    (
        "url",
        re.compile(
            r"\b(?:[a-z0-9-]{1,63}\.){1,8}(?:com|org|net|info|io|eu|fr|de|at|be|ch|es|it|nl|pl|pt|ru|uk|me|app|dev|chat|im|xyz)\b",
            re.IGNORECASE,
        ),
    ),
    ("device", re.compile(r"(?<![\w:-])(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}(?![\w:-])", re.IGNORECASE)),
    ("ip", re.compile(r"(?<![\w:])[0-9a-f:]{2,45}(?![\w:])", re.IGNORECASE)),
    ("ip", re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.]*\d)")),
    ("iban", re.compile(r"\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{4}){2,7}(?:[ -]?[A-Z0-9]{1,4})?\b")),
    ("handle", re.compile(r"(?<![\w@.])@[\w.]{2,}")),
)
_DATE = re.compile(r"\b(?:19|20)\d\d-[01]\d-[0-3]\d\b")
_PHONE = re.compile(r"(?<![\w/])(?:\+|00)?\(?\d(?:[ ().-]{0,2}\d){6,17}(?![\w/])")


class Folded(msgspec.Struct, frozen=True):
    """A text with its characters made equal to those they look like, and where each came from."""

    text: str
    origin: tuple[int, ...]

    def at(self, start: int, end: int) -> tuple[int, int]:
        """The same stretch in the text as it was."""
        return self.origin[start], self.origin[end - 1] + 1


def found_in(record: dict[str, object], names: Iterable[str] = ()) -> list[Found]:
    """Everything personal in the free texts and the PUID. `names` are of those whom the case is about or who filed it,
    and of staff: user ids, names, mail addresses."""
    words = _words(names)
    found: list[Found] = []
    for field in (*FREE_TEXTS, "puid"):
        text = record.get(field)
        if isinstance(text, str):
            found += _in_text(field, text, words)
    return found[:MAX_FINDINGS]


def _in_text(field: str, text: str, words: list[re.Pattern[str]]) -> Iterator[Found]:
    """What a pattern has found is not looked at by the later ones: each thing is told once."""
    folded = fold(text)
    left = folded.text
    for kind, pattern in _PATTERNS:
        for match in list(pattern.finditer(left)):
            if kind == "ip" and not _is_address(match[0]):
                continue
            yield _found(field, kind, text, folded, match)
            left = _covered(left, match)
    without_dates = _DATE.sub(lambda match: "x" * len(match[0]), left)
    for match in _PHONE.finditer(without_dates):
        digits = sum(character.isdigit() for character in match[0])
        least = _MIN_DIGITS if match[0].lstrip("(")[0] in "+0" else _MIN_DIGITS_PLAIN
        if least <= digits <= _MAX_DIGITS + 3:
            yield _found(field, "phone", text, folded, match)
            left = _covered(left, match)
    plain = _without_case(left)
    for pattern in words:
        for match in list(pattern.finditer(plain)):
            yield _found(field, "name", text, folded, match)
            plain = _covered(plain, match)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _found(field: str, kind: str, text: str, folded: Folded, match: re.Match[str]) -> Found:
    start, end = folded.at(match.start(), match.end())
    return Found(field, kind, text[start:end], start)


def _covered(text: str, match: re.Match[str]) -> str:
    return text[: match.start()] + "\x00" * (match.end() - match.start()) + text[match.end() :]


def fold(text: str) -> Folded:
    """Full-width characters become plain ones, and what cannot be seen is left out: nothing hides behind them."""
    characters: list[str] = []
    origin: list[int] = []
    for index, character in enumerate(text):
        for one in unicodedata.normalize("NFKC", character):
            if unicodedata.category(one) != "Cf":
                characters.append(one)
                origin.append(index)
    return Folded("".join(characters), tuple(origin))


def _without_case(text: str) -> str:
    """Each character as a small one without accents: one for one, so that places stay."""
    return "".join(_small(character) for character in text)


def _small(character: str) -> str:
    plain = unicodedata.normalize("NFD", character)[0].casefold()
    return plain if len(plain) == 1 else character


def _words(names: Iterable[str]) -> list[re.Pattern[str]]:
    """What to look for: a name as a whole, each of its longer parts, and the local part of a user id or address."""
    wanted: set[str] = set()
    for name in names:
        plain = _without_case(fold(name).text).strip()
        if plain.startswith("@") or ("@" in plain and " " not in plain):
            plain = plain.lstrip("@").partition(":")[0].partition("@")[0]
        if len(plain) >= MIN_NAME_CHARS:
            wanted.add(plain)
        parts = plain.split()
        if len(parts) > 1:
            wanted.update(part for part in parts if len(part) >= MIN_PART_CHARS)
    return [re.compile(rf"(?<!\w){re.escape(one)}(?!\w)") for one in sorted(wanted, key=lambda one: (-len(one), one))]
