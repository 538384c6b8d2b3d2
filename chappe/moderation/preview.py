"""How a decision will be told, before it is made: to whom it restricts, or to those who filed something."""

import msgspec

from chappe.accounts.pages import Language
from chappe.config import Settings
from chappe.moderation import store
from chappe.moderation.decide import DECISION_SHOWN, draft, measures_of
from chappe.moderation.links import PATH
from chappe.moderation.records import Case
from chappe.moderation.statement import statement_of, text_of, words
from chappe.moderation.tell import answer_lines
from chappe.moderation.verdict import Verdict
from chappe.moderation.words import Outcome

_LINK = "…"


class Preview(msgspec.Struct, frozen=True):
    """A letter to somebody, in each language. `to` is whom: subject or notifiers."""

    to: str
    texts: dict[str, str]


async def preview(
    source: store.Fetches, settings: Settings, case: Case, verdict: Verdict, by_user: str, now: int
) -> list[Preview]:
    """What people will be told, word for word but for the reference and the link, which there are only afterwards."""
    decision = await draft(source, now, case, verdict, by_user)
    decision = msgspec.structs.replace(decision, id=DECISION_SHOWN)
    link = f"{settings.base_url}{PATH}/{_LINK}"
    found = []
    if decision.subject and decision.outcome is Outcome.RESTRICTED:
        told = statement_of(case, decision, measures_of(now, decision, verdict))
        found.append(Preview("subject", {one.value: text_of(told, one, link) for one in Language}))
    texts = {
        one.value: "\n\n".join((words(one)["answered_title"], *answer_lines(decision, DECISION_SHOWN, link, one)))
        for one in Language
    }
    return [*found, Preview("notifiers", texts)]
