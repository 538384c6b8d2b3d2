"""The record of a decision for the DSA Transparency Database. Pure: the same decision makes the same record always.

Only the fields of its own ground are there: the database would drop those of the other without a word, and others
could read them meanwhile (R81). It is made from what is published; what only the person was told is not in it (R79).
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import sha256

from chappe.moderation.terms import terms
from chappe.transparency.codes import MeasureCode, codes, measure_code
from chappe.transparency.decided import Decided, Measured
from chappe.transparency.due import territories_of

Record = dict[str, object]

_LETTERS = "bcdfghjklmnpqrstvwxz"
_PUID_LETTERS = 24
_STRONGEST = (
    "DECISION_ACCOUNT_TERMINATED",
    "DECISION_ACCOUNT_SUSPENDED",
    "DECISION_PROVISION_TOTAL_TERMINATION",
    "DECISION_PROVISION_PARTIAL_TERMINATION",
    "DECISION_PROVISION_TOTAL_SUSPENSION",
    "DECISION_PROVISION_PARTIAL_SUSPENSION",
)
_ENDS = {
    "decision_visibility": "end_date_visibility_restriction",
    "decision_provision": "end_date_service_restriction",
    "decision_account": "end_date_account_restriction",
}
_TYPE_OTHER = {"account": "User account", "room": "Room", "event": "Message", "media": "File"}
KEYWORD_OTHER, TYPE_OTHER, VISIBILITY_OTHER = "KEYWORD_OTHER", "CONTENT_TYPE_OTHER", "DECISION_VISIBILITY_OTHER"


def puid_of(decision_id: str) -> str:
    """Under which name the database knows a decision, for ever. It says nothing about anybody.

    Consonants alone: no digits that look like a number to call, no word, and nobody who knows the name that the person
    was told finds their record by it.
    """
    number = int.from_bytes(sha256(b"puid:" + decision_id.encode()).digest(), "big")
    letters = []
    for _ in range(_PUID_LETTERS):
        number, which = divmod(number, len(_LETTERS))
        letters.append(_LETTERS[which])
    return "chappe-" + "".join(letters)


def record_of(decided: Decided) -> Record:
    """The record. Whether the database would take it is for `rules.py` to say, and what it may not name for
    `personal.py`."""
    record: Record = {
        **_restrictions(decided.measures),
        **_ground(decided),
        "content_type": list(decided.content_types),
        "category": decided.category,
        "territorial_scope": territories_of(decided),
        "content_language": _language(decided.content_language),
        "content_date": day(decided.content_at),
        "application_date": day(decided.applied_at),
        "decision_facts": decided.facts,
        "source_type": codes().source.get(decided.source, decided.source),
        "automated_detection": "Yes" if decided.detected == "yes" else "No",
        "automated_decision": codes().automation.get(decided.automation, decided.automation),
        "puid": puid_of(decided.id),
    }
    if decided.keywords:
        record["category_specification"] = list(decided.keywords)
    if KEYWORD_OTHER in decided.keywords and decided.keyword_other:
        record["category_specification_other"] = decided.keyword_other
    if TYPE_OTHER in decided.content_types:
        kinds = dict.fromkeys(_TYPE_OTHER[one.kind] for one in decided.measures)
        record["content_type_other"] = ", ".join(kinds)
    if decided.source_identity and decided.source != "own_initiative":
        record["source_identity"] = decided.source_identity
    return {name: value for name, value in record.items() if value is not None}


def _restrictions(measures: Iterable[Measured]) -> Record:
    """What is restricted, and until when: as long as the longest of what one field says."""
    found: dict[str, list[tuple[MeasureCode, int | None]]] = {}
    for one in measures:
        code = measure_code(one.kind, one.measure)
        found.setdefault(code.field, []).append((code, one.until))
    record: Record = {}
    for field, pairs in found.items():
        words = dict.fromkeys(code.word for code, _ in pairs)
        if field == "decision_visibility":
            record[field] = sorted(words)
            others = dict.fromkeys(code.other for code, _ in pairs if code.word == VISIBILITY_OTHER)
            if others:
                record["decision_visibility_other"] = "; ".join(others)
        else:
            record[field] = min(words, key=_STRONGEST.index)
            pairs = [pair for pair in pairs if pair[0].word == record[field]]
        ends = [until for _, until in pairs]
        record[_ENDS[field]] = None if None in ends else day(max(end for end in ends if end is not None))
    return record


def _ground(decided: Decided) -> Record:
    if decided.ground == "law":
        return {
            "decision_ground": "DECISION_GROUND_ILLEGAL_CONTENT",
            "illegal_content_legal_ground": decided.ground_reference,
            "illegal_content_explanation": decided.explanation,
        }
    term = terms().named(decided.ground_reference)
    said = decided.ground_reference if term is None else f"Terms, {term.id}: {term.en}"
    return {
        "decision_ground": "DECISION_GROUND_INCOMPATIBLE_CONTENT",
        "incompatible_content_ground": said,
        "incompatible_content_explanation": decided.explanation,
    }


def _language(tag: str) -> str | None:
    """ISO 639-1 in capitals, where the database knows it."""
    code = tag.partition("-")[0].upper()
    return code if code in codes().content_language else None


def day(ms: int) -> str:
    """The day, in UTC, as the database writes it."""
    try:
        return datetime.fromtimestamp(ms / 1000, UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):
        return ""
