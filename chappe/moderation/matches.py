"""What lists of hashes find becomes a case; the very file of a vetted list is decided about at once. R109.

Everything else waits for a person. A decision that a list alone has made says so in its statement, and a complaint
about it goes to a person; if they reverse it, the file is not matched again.
"""

import msgspec

from chappe.config import Settings
from chappe.matching import Match, Topic, clear_file
from chappe.media import HiddenFirst, media_named
from chappe.moderation import store
from chappe.moderation.decide import SYSTEM, decide_in
from chappe.moderation.file import file
from chappe.moderation.items import item_of
from chappe.moderation.records import Filed
from chappe.moderation.rules import media_of
from chappe.moderation.verdict import Planned, Verdict
from chappe.moderation.words import Door, Ground, ItemKind
from chappe.operators import StaffRefused
from chappe.restrictions import Kind, Restriction
from chappe.rooms import reading
from chappe.stream import REGISTER, Device, Effect, Place, Transaction


class Basis(msgspec.Struct, frozen=True):
    """Under what a list's finds are filed, and on which of the terms a decision about them rests."""

    category: str
    keyword: str
    term: str


BASES: dict[Topic, Basis] = {
    Topic.CHILD_ABUSE: Basis(
        "STATEMENT_CATEGORY_PROTECTION_OF_MINORS", "KEYWORD_CHILD_SEXUAL_ABUSE_MATERIAL", "minors"
    ),
    Topic.TERROR: Basis("STATEMENT_CATEGORY_RISK_FOR_PUBLIC_SECURITY", "KEYWORD_TERRORIST_CONTENT", "violence"),
    Topic.INTIMATE_IMAGES: Basis(
        "STATEMENT_CATEGORY_CYBER_VIOLENCE", "KEYWORD_NON_CONSENSUAL_IMAGE_SHARING", "harassment"
    ),
    Topic.FRAUD: Basis("STATEMENT_CATEGORY_SCAMS_AND_FRAUD", "KEYWORD_OTHER", "fraud"),
    Topic.SPAM: Basis("STATEMENT_CATEGORY_SCAMS_AND_FRAUD", "KEYWORD_OTHER", "spam"),
    Topic.OTHER: Basis("STATEMENT_CATEGORY_OTHER_VIOLATION_TC", "KEYWORD_OTHER", "unlawful"),
}
_CONTENT_TYPES = {"image": "CONTENT_TYPE_IMAGE", "video": "CONTENT_TYPE_VIDEO", "audio": "CONTENT_TYPE_AUDIO"}


async def on_match(tx: Transaction, match: Match) -> None:
    """A match was recorded: it becomes a case, and what is certain is decided next."""
    event = await reading.event_by_id(tx.database, match.event_id)
    if event is None or event.redacted_by is not None:
        tx.after_commit(lambda: tx.of(HiddenFirst).show(match.media_id))
        return
    basis = BASES[Topic(match.topic)]
    filed = Filed(
        Door.AUTOMATIC, reason=_rule_of(match), category=basis.category, keyword=basis.keyword, rule=_rule_of(match)
    )
    await file(tx, None, await item_of(tx.database, event), filed)
    if match.is_certain:
        tx.effect(REGISTER, "moderation.decide_match", msgspec.to_builtins(match))


async def decide_match(tx: Transaction, device: Device | None, told: dict[str, object]) -> None:
    """The effect: the very file of a vetted list is blocked, and its message removed, unless somebody works on it."""
    match = msgspec.convert(told, Match)
    tx.after_commit(lambda: tx.of(HiddenFirst).show(match.media_id))
    case = await store.last_case_of(tx, ItemKind.EVENT, match.event_id)
    event = await reading.event_by_id(tx.database, match.event_id)
    if case is None or event is None or not case.is_open or case.is_claimed_by_another(SYSTEM, tx.now):
        return
    mxc = f"mxc://{tx.of(Settings).server_name}/{match.media_id}"
    media = await media_named(tx, match.media_id)
    sort = media.content_type.partition("/")[0] if media is not None else ""
    measures = [Planned("media", mxc, "blocked")] if mxc in media_of(case.snapshot) else []
    if event.state_key is None:  # a room without a piece of its state would be another room
        measures.append(Planned("event", case.item, "removed", case.room_id))
    if not measures:
        return
    verdict = _verdict(match, measures, _CONTENT_TYPES.get(sort, "CONTENT_TYPE_OTHER"))
    store.claim(tx, case.number, SYSTEM, otherwise=StaffRefused("refused_taken", "Somebody else works on this."))
    await decide_in(tx, case, verdict, SYSTEM, rule=_rule_of(match))


async def clear_reversed(tx: Transaction, restriction: Restriction, at: Place) -> None:
    """Somebody found that media should not have been blocked: lists say nothing of that file any more."""
    if restriction.kind is not Kind.MEDIA or not restriction.subject.startswith("mxc://"):
        return
    media = await media_named(tx, restriction.subject.rpartition("/")[2])
    if media is not None:
        clear_file(tx, media.sha256, restriction.decision)


def _verdict(match: Match, measures: list[Planned], content_type: str) -> Verdict:
    basis = BASES[Topic(match.topic)]
    return Verdict(
        "The file stands, byte for byte, on a list of such content whose entries were each looked at by people.",
        facts=f"A file in a room that is open to everybody. {_rule_of(match)}",
        measures=tuple(measures),
        ground=Ground.TERMS,
        ground_reference=basis.term,
        proportionality="A warning would leave the file where everybody sees it; nothing but the file and its message "
        "is restricted, and a person judges each complaint.",
        category=basis.category,
        keywords=(basis.keyword,),
        keyword_other=match.topic if basis.keyword == "KEYWORD_OTHER" else "",
        content_types=(content_type,),
    )


def _rule_of(match: Match) -> str:
    """What matched, for the statement: the list and its version, and never a hash."""
    how = "the very file" if match.kind == "sha256" else f"a picture that differs in {match.distance} of 256 bits"
    return f"List {match.list_name}, version {match.version}: {how}."


EFFECTS: dict[str, Effect] = {"moderation.decide_match": decide_match}
