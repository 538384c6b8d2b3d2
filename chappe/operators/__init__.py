"""Staff: who runs the server, who decides, who watches; and the console in the browser where they do it.

An *operator* is an account with at least one *role*. `require` is the one place that says whether somebody may do
something. What is weighty needs two people: one *proposes* an act, another *approves* just that (`two_person.py`).
The *console* is rendered on the server; other slices add pages to it by `console_pages.py` and `console.py`.
Everything that changes staff is in the audit log.

`roles.py` the roles · `rules.py` who grants what, which exclude each other · `require.py` · `grant.py` granting and
revoking · `made.py` staff that come and go with accounts · `two_person.py` the two-person rule, `shared.py` when two
accounts are not two people · `break_glass.py` a role for some hours · `sessions.py` `cookies.py` being logged in to
the console · `console.py` how a page is made, `console_pages.py` which there are, `words.py` what they say ·
`routes_….py` the pages · `machine.py` what `chappe operator` does · `acts.py` what is recorded · `store.py` all SQL.

Tables, in the register: operator_role, operator_language, proposal, owner_notice, console_session, console_browser.
"""

from chappe.accounts import AccountEnding, OperatorMade
from chappe.http import Routes
from chappe.operators import break_glass
from chappe.operators.acts import ACTS
from chappe.operators.console_pages import ConsolePage, ConsolePages
from chappe.operators.machine import StaffMachine
from chappe.operators.made import on_account_ending, on_operator_made
from chappe.operators.require import require
from chappe.operators.roles import Operator, Role
from chappe.operators.routes_home import routes as _home
from chappe.operators.routes_log import READERS
from chappe.operators.routes_log import routes as _log
from chappe.operators.routes_login import routes as _login
from chappe.operators.routes_proposals import routes as _proposals
from chappe.operators.routes_staff import routes as _staff
from chappe.operators.rules import StaffRefused
from chappe.operators.shared import SharedDevices, Shares
from chappe.operators.store import Proposal
from chappe.operators.store import everybody as everybody_on_staff
from chappe.operators.store import proposal as proposal_named
from chappe.operators.two_person import Kind, Kinds, Seat, approve, propose, refuse
from chappe.resources import Resources

ROUTES = Routes(_login, _home, _staff, _proposals, _log)

PAGES = (
    ConsolePage("operators", "", "nav_home"),
    ConsolePage("operators", "staff", "nav_staff"),
    ConsolePage("operators", "glass", "nav_glass", break_glass.KIND.may_propose),
    ConsolePage("operators", "log", "nav_log", frozenset(READERS)),
)
"""The pages of this slice. The others' stand between staff and the log, where `app.py` puts them."""

KINDS = (break_glass.KIND,)


def install(resources: Resources, pages: ConsolePages, kinds: Kinds, shares: SharedDevices) -> None:
    """Add the pages and kinds of proposals of all slices to `resources`, and follow accounts that come and go."""
    for thing in (pages, kinds, shares):
        resources.add(thing)
    resources.of(OperatorMade).append(on_operator_made)
    resources.of(AccountEnding).append(on_account_ending)


__all__ = [
    "ACTS",
    "KINDS",
    "PAGES",
    "ROUTES",
    "ConsolePage",
    "ConsolePages",
    "Kind",
    "Kinds",
    "Operator",
    "Proposal",
    "Role",
    "Seat",
    "SharedDevices",
    "Shares",
    "StaffMachine",
    "StaffRefused",
    "approve",
    "everybody_on_staff",
    "install",
    "proposal_named",
    "propose",
    "refuse",
    "require",
]
