"""The safety desk: what is reported becomes a case, a case a decision with reasons, and all of it can be contested.

Reports (it breaks the rules) and notices (it is illegal, Art. 16 DSA) are *filings*; all filings about one *item* (an
event, a room, an account) are one *case*. A *decision* on a case, its *statement of reasons*, the *restrictions* it
imposes and the record in the audit log are one commit (law 4). Whom it concerns may *complain* for six months.

`file.py` filing, `items.py` what about, `proof.py` what an encrypted report proves · `claim.py` who works on a case
(`reviewer_of` says who may) · `verdict.py` `decide.py` `second_person.py` deciding · `reverse.py` `complain.py`
(`judge_of`) · `statement.py` what the person is told, `tell.py` how, `teller.py` those who filed · `flaggers.py` ·
`matches.py` `rule_hits.py` what lists of hashes and automatic rules find ·
`routes.py` reports of any client, `routes_own.py` of ours, `routes_public.py` pages for anybody (`located.py`
where a notice points, `links.py` links that prove who has them) · `categories.py` `terms.py` what things are called
by law and terms · `rules.py` pure · `store.py` `decisions_store.py` all SQL.

The desk itself, pages of the console: `console_….py` a page or a few each, `console_desk.py` what they have in common ·
`queues.py` what waits · `form.py` `reasons.py` (`reasons.toml`) `preview.py` entering a decision, and how it will be
told · `bulk.py` `bulk_runner.py` many cases at once · `sample.py` second reviews · `exposure.py` what reviewers are
shown · `sealed.py` what child safety keeps sealed · `threat.py` telling authorities · `queue_store.py` `work_store.py`
`bulk_store.py` their SQL.

Tables, in the register: moderation_case, filing, case_entry, decision, measure, statement, complaint, flagger,
review_sample, exposure, reviewer, bulk, bulk_case, sealed_opening, threat_notice, misuse_step.
"""

from chappe.http import Routes
from chappe.matching import OnMatch
from chappe.moderation import (
    console_bulk,
    console_case,
    console_complaints,
    console_decide,
    console_desk,
    console_flaggers,
    console_misuse,
    console_queue,
    console_review,
    console_threat,
    sealed,
)
from chappe.moderation.acts import ACTS
from chappe.moderation.bulk import BulkWoken
from chappe.moderation.bulk_runner import BulkRunner
from chappe.moderation.console_desk import PAGES
from chappe.moderation.matches import EFFECTS as _OF_MATCHES
from chappe.moderation.matches import clear_reversed, on_match
from chappe.moderation.queues import Load
from chappe.moderation.routes import routes as _reports
from chappe.moderation.routes_own import routes as _own
from chappe.moderation.routes_public import routes as _public
from chappe.moderation.rule_hits import BASES, on_hit
from chappe.moderation.rule_hits import EFFECTS as _OF_HITS
from chappe.moderation.second_person import KIND
from chappe.moderation.tell import Woken
from chappe.moderation.teller import Teller
from chappe.resources import Resources
from chappe.restrictions import OnLifted
from chappe.rules import OnHit
from chappe.storage import Database
from chappe.stream import Bus, Effect

_desk = Routes(
    console_desk.files,
    console_queue.routes,
    console_case.routes,
    console_decide.routes,
    console_bulk.routes,
    console_review.routes,
    console_complaints.routes,
    console_threat.routes,
    console_flaggers.routes,
    console_misuse.routes,
)

ROUTES = Routes(_reports, _own, _public, _desk)

KINDS = (KIND, sealed.KIND)

EFFECTS: dict[str, Effect] = _OF_MATCHES | _OF_HITS

TOPICS = tuple(BASES)
"""What automatic rules may be about."""


def install(resources: Resources, bus: Bus, database: Database) -> tuple[Teller, BulkRunner]:
    """Add what the desk keeps in memory. Returns who tells those who filed something, and who decides many cases at
    once; `app.py` lets both run."""
    woken, bulk_woken = Woken(), BulkWoken()
    for thing in (woken, bulk_woken, Load(database)):
        resources.add(thing)
    resources.of(OnMatch).append(on_match)
    resources.of(OnHit).append(on_hit)
    resources.of(OnLifted).append(clear_reversed)
    return Teller(bus, database, woken), BulkRunner(bus, database, bulk_woken)


__all__ = ["ACTS", "EFFECTS", "KINDS", "PAGES", "ROUTES", "TOPICS", "BulkRunner", "Teller", "install"]
