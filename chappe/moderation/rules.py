"""Who may do what at the desk, what comes first, and what a sound verdict is. Pure."""

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from chappe.errors import Errcode, Refused
from chappe.ids import is_server_user
from chappe.moderation.categories import CHILD_ABUSE, NOT_SPECIFIED, decided_categories, require_category
from chappe.moderation.records import Case, Filed, Item
from chappe.moderation.terms import terms
from chappe.moderation.verdict import Verdict
from chappe.moderation.words import Dissemination, Door, Ground, ItemKind, Proof, Stream
from chappe.operators.roles import Operator, Role
from chappe.operators.rules import StaffRefused
from chappe.restrictions.restriction import MEASURES as ALL_MEASURES

MAX_REASON_CHARS = 4_000
"""Of a report, a notice or a complaint."""
MAX_PUBLISHED_CHARS = 2_000
"""Of the texts that the Transparency Database takes."""
MAX_FACTS_CHARS = 5_000
MAX_MEASURES = 20
MAX_DISCLOSED = 50
"""Messages handed over with a report."""
MAX_DISCLOSED_BYTES = 96 * 1024
"""Of them together, so that the report fits into a request."""
MAX_DAYS = 3_650
COMPLAINT_DAYS = 184
"""How long one may complain: "at least six months" (Art. 20(1) DSA), which no six months exceed."""

MEASURES = {kind.value: tuple(sorted(one.value for one in found)) for kind, found in ALL_MEASURES.items()}
"""What can be done to what."""
NEEDS_SECOND = frozenset({("account", "terminated")})
"""Measures that two people decide."""

REVIEWS: dict[Stream, frozenset[Role]] = {
    Stream.THREAT: frozenset({Role.MODERATOR, Role.SENIOR_MODERATOR, Role.CHILD_SAFETY}),
    Stream.CHILD_SAFETY: frozenset({Role.CHILD_SAFETY}),
    Stream.NOTICES: frozenset({Role.MODERATOR, Role.SENIOR_MODERATOR}),
    Stream.REPORTS: frozenset({Role.MODERATOR, Role.SENIOR_MODERATOR}),
    Stream.AUTOMATIC: frozenset({Role.MODERATOR, Role.SENIOR_MODERATOR}),
}
"""Who sees a queue and decides its cases. R111, R135."""
DESK = frozenset(role for roles in REVIEWS.values() for role in roles)
JUDGES = frozenset({Role.SENIOR_MODERATOR})
"""Who judges complaints: qualified staff (Art. 20(6) DSA)."""

_FIRST = {Stream.THREAT: 0, Stream.CHILD_SAFETY: 100, Stream.NOTICES: 300, Stream.REPORTS: 400, Stream.AUTOMATIC: 400}
_TRUSTED = 100
"""How much earlier a trusted flagger's notice is (Art. 22(1) DSA)."""
_PUBLIC = 50
"""How much earlier what everybody sees is."""

KEYWORDS_OF_CHILDREN = CHILD_ABUSE


def stream_of(filed: Filed) -> Stream:
    """The queue for what was filed."""
    if filed.is_threat:
        return Stream.THREAT
    if filed.keyword in CHILD_ABUSE:
        return Stream.CHILD_SAFETY
    return {Door.NOTICE: Stream.NOTICES, Door.REPORT: Stream.REPORTS, Door.AUTOMATIC: Stream.AUTOMATIC}[filed.door]


def priority_of(item: Item, filed: Filed, flagger: str) -> int:
    """How early it is looked at: the smaller, the earlier. A later filing never makes a case later."""
    priority = _FIRST[stream_of(filed)]
    if flagger:
        priority -= _TRUSTED
    if item.dissemination.is_platform:
        priority -= _PUBLIC
    return max(priority, 0)


def require_sound_filing(filed: Filed) -> None:
    """Refuse (INVALID_PARAM, TOO_LARGE) what says too much or contradicts itself. The category is known already."""
    texts = (filed.reason, filed.law, filed.name, filed.email)
    if len(filed.reason) > MAX_REASON_CHARS or len(filed.law) > 500 or len(filed.name) > 200 or len(filed.email) > 320:
        raise Refused(Errcode.TOO_LARGE, f"reason has at most {MAX_REASON_CHARS} characters, law 500, name 200.")
    if any("\0" in text for text in texts):
        raise Refused(Errcode.INVALID_PARAM, "What is filed may not contain the character U+0000.")
    if filed.country and not is_country(filed.country):
        raise Refused(Errcode.INVALID_PARAM, "country is a code of ISO 3166-1 with two capital letters, such as FR.")
    if len(filed.disclosed) > MAX_DISCLOSED or len(msgspec.json.encode(filed.disclosed)) > MAX_DISCLOSED_BYTES:
        most = f"{MAX_DISCLOSED} messages and {MAX_DISCLOSED_BYTES} bytes"
        raise Refused(Errcode.TOO_LARGE, f"At most {most} are handed over with a report.")
    if filed.door is Door.NOTICE:
        _require_notice(filed)


def _require_notice(filed: Filed) -> None:
    """Art. 16(2): reasons, good faith, and who it is from unless it is about the abuse of children."""
    if not filed.reason.strip():
        raise Refused(Errcode.INVALID_PARAM, "A notice says why the content is illegal: fill in reason.")
    if not filed.good_faith:
        raise Refused(Errcode.INVALID_PARAM, "A notice says that it is made in good faith: set good_faith.")
    if filed.keyword not in CHILD_ABUSE and not filed.by_user and not (filed.name.strip() and filed.email.strip()):
        raise Refused(
            Errcode.INVALID_PARAM, "A notice gives a name and a mail address, unless it is about child abuse."
        )


def is_country(code: str) -> bool:
    """Whether it looks like a code of ISO 3166-1."""
    return len(code) == 2 and code.isascii() and code.isalpha() and code.isupper()


def require_may_review(operator: Operator, case: Case, concerned: Iterable[str] = ()) -> None:
    """Refuse whoever has no role for the case's queue, and whom the case is about: its author, or who filed it."""
    if not operator.has(*REVIEWS[case.stream]):
        raise StaffRefused("refused_stream", "Cases of this queue need another role.")
    if operator.user_id == case.author or operator.user_id == case.item or operator.user_id in concerned:
        raise StaffRefused("refused_own_case", "This is about you: somebody else has to decide it.")


def require_sound_verdict(case: Case, verdict: Verdict, proofs: Iterable[Proof]) -> None:
    """Refuse a verdict that could not be a decision: Art. 17(3) DSA says what one has to tell."""
    _require_texts(verdict)
    if not verdict.measures:
        if verdict.ground is not None or verdict.territories:
            raise _wrong("refused_no_measure", "Without a measure there is no ground and no territory.")
        return
    if verdict.ground is None or not verdict.ground_reference.strip():
        raise _wrong("refused_ground", "Say on which law or which of the terms this rests.")
    if verdict.ground is Ground.TERMS and terms().named(verdict.ground_reference) is None:
        raise _wrong("refused_term", "There is no such term.")
    if not verdict.explanation.strip() or not verdict.facts.strip() or not verdict.proportionality.strip():
        raise _wrong(
            "refused_reasons", "Give the facts, why the ground applies, and which lighter measures were weighed."
        )
    require_category(decided_categories(verdict.ground), verdict.category, verdict.keywords)
    if not verdict.content_types:
        raise _wrong("refused_content_type", "Say what sort of content it is.")
    _require_measures(case, verdict, tuple(proofs))


def _require_texts(verdict: Verdict) -> None:
    longest = ((verdict.explanation, MAX_PUBLISHED_CHARS), (verdict.facts, MAX_FACTS_CHARS), (verdict.to_user, 4_000))
    more = ((verdict.proportionality, 2_000), (verdict.ground_reference, 500), (verdict.keyword_other, 500))
    for text, most in (*longest, *more, (verdict.source_identity, 500)):
        if len(text) > most or "\0" in text:
            raise _wrong("refused_text", f"A text is too long, or has the character U+0000: at most {most} characters.")


def _require_measures(case: Case, verdict: Verdict, proofs: tuple[Proof, ...]) -> None:
    if len(verdict.measures) > MAX_MEASURES:
        raise _wrong("refused_measures", f"A decision has at most {MAX_MEASURES} measures.")
    if any(not is_country(code) for code in verdict.territories):
        raise _wrong("refused_territory", "Territories are codes of ISO 3166-1, such as DE FR.")
    seen = set()
    for one in verdict.measures:
        if one.measure not in MEASURES.get(one.kind, ()):
            raise _wrong("refused_measure", f"{one.measure} is not what can be done to this.")
        if one.days is not None and not 0 < one.days <= MAX_DAYS:
            raise _wrong("refused_days", f"A measure ends after 1 to {MAX_DAYS} days, or when it is lifted.")
        if (one.kind, one.subject, one.measure) in seen:
            raise _wrong("refused_twice", "One measure is named twice.")
        if one.measure == "withheld" and not verdict.territories:
            raise _wrong("refused_withheld", "Say in which countries it is withheld.")
        if one.measure != "withheld" and verdict.territories:
            raise _wrong("refused_everywhere", "Only withholding is limited to countries.")
        seen.add((one.kind, one.subject, one.measure))
        _require_of_case(case, one.kind, one.subject, one.within_room)
        if one.measure == "terminated" and not _is_proven(case, proofs):
            raise _wrong("refused_unproven", "Nothing proves what was said: an account cannot be ended for it. R114.")


def _is_proven(case: Case, proofs: tuple[Proof, ...]) -> bool:
    """Whether it is known what somebody said. What is proven of an encrypted room was said by anybody in it: it can
    end the room, and not the account of whoever made it."""
    if case.kind is ItemKind.ROOM and case.is_encrypted:
        return False
    return Proof.VERIFIED in proofs or (not case.is_encrypted and Proof.PUBLIC in proofs)


def _require_of_case(case: Case, kind: str, subject: str, within: str) -> None:
    """A decision restricts the item of its case, who made it, where it is, or the media in it: nothing else."""
    if Target(kind, subject, within) not in targets_of(case):
        raise _wrong("refused_elsewhere", "A decision restricts what its case is about.")


class Target(NamedTuple):
    """What a decision on a case can restrict. `within` is the room of an event."""

    kind: str
    subject: str
    within: str


def targets_of(case: Case) -> list[Target]:
    """All that a decision on a case can restrict, the item first."""
    found = [
        Target(case.kind.value, case.item, case.room_id if case.kind is ItemKind.EVENT else ""),
        Target("account", case.author, ""),
        Target("room", case.room_id, ""),
        *(Target("media", one, "") for one in media_of(case.snapshot)),
    ]
    if is_server_user(case.author):  # nobody's account; and in its rooms it tells people what they have to know
        found = [one for one in found if one.kind not in ("account", "room")]
    return [one for one in dict.fromkeys(found) if one.subject]


def media_of(snapshot: dict[str, object]) -> list[str]:
    """The addresses of media that an item names, each once."""
    found: list[str] = []
    left: list[object] = [snapshot]
    while left and len(found) < MAX_MEASURES:
        one = left.pop()
        if isinstance(one, dict):
            left.extend(one.values())
        elif isinstance(one, list):
            left.extend(one)
        elif isinstance(one, str) and one.startswith("mxc://") and one not in found:
            found.append(one)
    return found


def needs_second(verdict: Verdict) -> bool:
    """Whether two people have to decide it."""
    return any((one.kind, one.measure) in NEEDS_SECOND for one in verdict.measures)


def dissemination_of(join_rule: str, *, is_listed: bool, is_direct: bool) -> Dissemination:
    """To whom a room is open. Recital 14 DSA: whether a person decides who comes in."""
    if is_listed:
        return Dissemination.PUBLIC
    if join_rule == "public":
        return Dissemination.AUTO_JOIN
    if join_rule in ("knock", "knock_restricted", "restricted"):
        return Dissemination.APPROVAL
    return Dissemination.DIRECT if is_direct else Dissemination.INVITE_ONLY


def category_of(filed: Filed) -> str:
    """The category under which it is counted: number 17 if none was named. R70."""
    return filed.category or NOT_SPECIFIED


def _wrong(word: str, reason: str) -> StaffRefused:
    return StaffRefused(word, reason, Errcode.INVALID_PARAM)
