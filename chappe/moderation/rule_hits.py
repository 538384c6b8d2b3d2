"""What live rules find becomes a case, or a decision where the rule says so. R138.

A decision that a rule has made names it with its version in its statement, and a complaint about it goes to a person.
"""

import msgspec

from chappe.errors import Refused
from chappe.ids import EventID, UserID
from chappe.moderation import store
from chappe.moderation.decide import SYSTEM, decide_in
from chappe.moderation.file import file
from chappe.moderation.items import account_item, item_of
from chappe.moderation.matches import Basis
from chappe.moderation.records import Filed, Item
from chappe.moderation.verdict import Planned, Verdict
from chappe.moderation.words import Door, Ground
from chappe.operators import StaffRefused
from chappe.rooms import reading
from chappe.rules import Action, Happening, Hit
from chappe.stream import REGISTER, Device, Effect, Transaction

BASES: dict[str, Basis] = {
    "spam": Basis("STATEMENT_CATEGORY_SCAMS_AND_FRAUD", "KEYWORD_OTHER", "spam"),
    "fraud": Basis("STATEMENT_CATEGORY_SCAMS_AND_FRAUD", "KEYWORD_OTHER", "fraud"),
    "harassment": Basis("STATEMENT_CATEGORY_CYBER_VIOLENCE", "KEYWORD_OTHER", "harassment"),
    "hate": Basis("STATEMENT_CATEGORY_ILLEGAL_OR_HARMFUL_SPEECH", "KEYWORD_HATE_SPEECH", "hate"),
    "violence": Basis("STATEMENT_CATEGORY_VIOLENCE", "KEYWORD_OTHER", "violence"),
    "other": Basis("STATEMENT_CATEGORY_OTHER_VIOLATION_TC", "KEYWORD_OTHER", "unlawful"),
}
"""What rules may be about, under what their hits are filed, and on which of the terms decisions about them rest."""
LIMITED_DAYS = 1
_DECIDES = {Action.HIDE, Action.LIMIT}


async def on_hit(tx: Transaction, hit: Hit) -> None:
    """A live rule held: a case, and a decision next if the rule makes one."""
    item = await _item_of(tx, hit)
    if item is None:
        return
    basis = BASES[hit.topic]
    filed = Filed(
        Door.AUTOMATIC, reason=hit.explanation, category=basis.category, keyword=basis.keyword, rule=hit.explanation
    )
    await file(tx, None, item, filed)
    if hit.action in _DECIDES:
        tx.effect(REGISTER, "moderation.decide_hit", msgspec.to_builtins(hit))


async def decide_hit(tx: Transaction, device: Device | None, told: dict[str, object]) -> None:
    """The effect: the message is removed, or its sender limited, unless somebody works on the case."""
    hit = msgspec.convert(told, Hit)
    item = await _item_of(tx, hit)
    case = await store.last_case_of(tx, item.kind, item.id) if item is not None else None
    if case is None or not case.is_open or case.is_claimed_by_another(SYSTEM, tx.now):
        return
    if hit.action is Action.HIDE:
        measure = Planned("event", case.item, "removed", case.room_id)
    else:
        measure = Planned("account", case.author, "limited", days=LIMITED_DAYS)
    store.claim(tx, case.number, SYSTEM, otherwise=StaffRefused("refused_taken", "Somebody else works on this."))
    await decide_in(tx, case, _verdict(hit, measure), SYSTEM, rule=hit.explanation)


def _verdict(hit: Hit, measure: Planned) -> Verdict:
    basis = BASES[hit.topic]
    seen = ", ".join(f"{name} {value}" for name, value in sorted(hit.facts.items()) if type(value) is int and value)
    return Verdict(
        hit.why,
        facts=f"{hit.explanation} What it saw: {seen}.",
        measures=(measure,),
        ground=Ground.TERMS,
        ground_reference=basis.term,
        proportionality="What happens by the hundred within minutes cannot wait for a person; the measure is the "
        "lightest that ends it, and a person judges each complaint.",
        category=basis.category,
        keywords=(basis.keyword,),
        keyword_other=hit.topic if basis.keyword == "KEYWORD_OTHER" else "",
        content_types=("CONTENT_TYPE_TEXT",),
    )


async def _item_of(tx: Transaction, hit: Hit) -> Item | None:
    """The message; of a join or an invitation, and of what limits an account, that account."""
    if hit.happening in (Happening.MESSAGE, Happening.STATE) and hit.action is not Action.LIMIT:
        event = await reading.event_by_id(tx.database, EventID(hit.event_id))
        return await item_of(tx.database, event) if event is not None and event.redacted_by is None else None
    try:
        return await account_item(tx.database, UserID(hit.sender))
    except Refused:  # it has ended meanwhile
        return None


EFFECTS: dict[str, Effect] = {"moderation.decide_hit": decide_hit}
