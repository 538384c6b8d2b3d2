"""The safety desk: what is reported becomes a case, a case a decision with reasons, and all of it can be contested.

Reports (it breaks the rules) and notices (it is illegal, Art. 16 DSA) are *filings*; all filings about one *item* (an
event, a room, an account) are one *case*. A *decision* on a case, its *statement of reasons*, the *restrictions* it
imposes and the record in the audit log are one commit (law 4). Whom it concerns may *complain* for six months.

`file.py` filing, `items.py` what about, `proof.py` what an encrypted report proves · `claim.py` who works on a case
(`reviewer_of` says who may) · `verdict.py` `decide.py` `second_person.py` deciding · `reverse.py` `complain.py`
(`judge_of`) · `statement.py` what the person is told, `tell.py` how, `teller.py` those who filed · `flaggers.py` ·
`routes.py` reports of any client, `routes_own.py` of ours, `routes_public.py` pages for anybody (`located.py`
where a notice points, `links.py` links that prove who has them) · `categories.py` `terms.py` what things are called
by law and terms · `rules.py` pure · `store.py` `decisions_store.py` all SQL.

Tables, in the register: moderation_case, filing, case_entry, decision, measure, statement, complaint, flagger.
"""

from chappe.http import Routes
from chappe.moderation.acts import ACTS
from chappe.moderation.routes import routes as _reports
from chappe.moderation.routes_own import routes as _own
from chappe.moderation.routes_public import routes as _public
from chappe.moderation.second_person import KIND
from chappe.moderation.tell import Woken
from chappe.moderation.teller import Teller
from chappe.resources import Resources
from chappe.storage import Database
from chappe.stream import Bus

ROUTES = Routes(_reports, _own, _public)

KINDS = (KIND,)


def install(resources: Resources, bus: Bus, database: Database) -> Teller:
    """Add what the desk keeps in memory. Returns who tells those who filed something; `app.py` lets it run."""
    woken = Woken()
    resources.add(woken)
    return Teller(bus, database, woken)


__all__ = ["ACTS", "KINDS", "ROUTES", "Teller", "install"]
