"""The usual decisions, each with one key: `reasons.toml`, or the file of that name in the data folder."""

import tomllib
from functools import lru_cache
from pathlib import Path

import msgspec

from chappe.accounts.pages import Language
from chappe.moderation.categories import decided_categories
from chappe.moderation.records import Case
from chappe.moderation.rules import MEASURES, targets_of
from chappe.moderation.terms import terms
from chappe.moderation.verdict import Planned, Verdict
from chappe.moderation.words import Ground

FILE = "reasons.toml"
MAX_FILE_BYTES = 1_000_000


class Texts(msgspec.Struct, frozen=True):
    """What it says in a language."""

    name: str
    explanation: str
    proportionality: str = ""


class Reason(msgspec.Struct, frozen=True):
    """A usual decision. See `reasons.toml`."""

    id: str
    key: str
    en: Texts
    fr: Texts
    term: str = ""
    law: str | None = None
    category: str = ""
    keywords: tuple[str, ...] = ()
    measures: dict[str, tuple[str, ...]] = {}

    def texts(self, language: Language) -> Texts:
        """What it says."""
        return self.fr if language is Language.FRENCH else self.en

    @property
    def ground(self) -> Ground | None:
        """On what it rests."""
        return Ground.TERMS if self.term else Ground.LAW if self.law is not None else None


class Reasons(msgspec.Struct, frozen=True):
    """All of them. `trouble` says why those of the data folder are not taken."""

    reason: tuple[Reason, ...]
    trouble: str = ""

    def named(self, id: str) -> Reason | None:
        """The one of that id."""
        return next((one for one in self.reason if one.id == id), None)


def reasons(data_dir: Path) -> Reasons:
    """Those of the data folder, or else ours. What is wrong in a file there never keeps the desk from working."""
    path = data_dir / FILE
    try:
        found = path.stat()
    except OSError:
        return _ours()
    return _read(path, found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=1)
def _ours() -> Reasons:
    return _parsed((Path(__file__).parent / FILE).read_text())


@lru_cache(maxsize=1)
def _read(path: Path, changed_ns: int, size_bytes: int) -> Reasons:
    """The file as it was at that time."""
    try:
        if size_bytes > MAX_FILE_BYTES:
            raise ValueError(f"it has more than {MAX_FILE_BYTES} bytes")
        return _parsed(path.read_text())
    except (OSError, ValueError, tomllib.TOMLDecodeError, msgspec.ValidationError) as wrong:
        return msgspec.structs.replace(_ours(), trouble=f"{FILE}: {wrong}")


def _parsed(text: str) -> Reasons:
    found = msgspec.convert(tomllib.loads(text), Reasons)
    for one in found.reason:
        if one.ground is not None and one.category not in decided_categories(one.ground.value):
            raise ValueError(f"{one.id}: there is no such category for its ground")
        if one.term and terms().named(one.term) is None:
            raise ValueError(f"{one.id}: there is no such term")
        if bool(one.measures) != (one.ground is not None):
            raise ValueError(f"{one.id}: a ground goes with measures")
        for kind, measures in one.measures.items():
            for measure in measures:
                read_measure(kind, measure)
    keys = [one.key for one in found.reason]
    if len(set(keys)) < len(keys) or any(len(key) != 1 or not key.isdecimal() for key in keys):
        raise ValueError("each has a key of its own, 0 to 9")
    return found


def read_measure(kind: str, text: str) -> tuple[str, str, int | None]:
    """What "removed" or "account suspended 7" stands for: of what, which measure, for how many days."""
    words = text.split()
    days = int(words.pop()) if words and words[-1].isdecimal() else None
    target = words[0] if len(words) > 1 else kind
    if not words or len(words) > 2 or words[-1] not in MEASURES.get(target, ()):
        raise ValueError(f"{text!r} is not what can be done to this: {kind}")
    return target, words[-1], days


def planned(case: Case, reason: Reason) -> tuple[Planned, ...]:
    """What a reason does to a case."""
    found = []
    for text in reason.measures.get(case.kind.value, ()):
        kind, measure, days = read_measure(case.kind.value, text)
        found += [Planned(kind, one.subject, measure, one.within, days) for one in targets_of(case) if one.kind == kind]
    return tuple(found)


def verdict_by(case: Case, reason: Reason, language: Language, what: str, facts: str, law: str) -> Verdict:
    """The verdict that a reason makes of a case. `what` says what it is about; `law` is what a notice named."""
    texts, ground = reason.texts(language), reason.ground
    if ground is None:
        return Verdict(texts.explanation.replace("{what}", what))
    return Verdict(
        texts.explanation.replace("{what}", what), facts, planned(case, reason), ground,
        reason.term or reason.law or law, proportionality=texts.proportionality.replace("{what}", what),
        category=reason.category, keywords=reason.keywords, content_types=content_types_of(case),
    )  # fmt: skip


_TYPES = {"m.image": "IMAGE", "m.sticker": "IMAGE", "m.video": "VIDEO", "m.audio": "AUDIO", "m.file": "OTHER"}


def content_types_of(case: Case) -> tuple[str, ...]:
    """What sort of content a case is about, as far as it says so itself."""
    content = case.snapshot.get("content")
    type = content.get("msgtype") if isinstance(content, dict) else None
    return (f"CONTENT_TYPE_{_TYPES.get(str(type), 'TEXT')}",)
