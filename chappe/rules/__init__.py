"""Automatic rules, and what protects rooms from raids. R138, R139.

A *rule* says in an expression (CEL) when it holds, of *facts* about something that *happens*: a message in an open
room, a join, an invitation, a registration. In *shadow* it only says what it would do; two people make it *live*.
What it finds is a *hit*, which explains itself. A *protection* pauses a room or makes it slow, and can be undone. A
watched *policy list* is a fact for rules. What is said in private chats is never looked at (R107).

`facts.py` what rules can look at · `rule.py` what a rule is · `expression.py` the language and its bounds · `engine.py`
the rules that are on · `windows.py` counting what happened lately · `gate.py` asks rules before an event enters ·
`sign_up.py` before an account is made · `hits.py` what is done about hits, and who follows them · `change.py`
`propose.py` `protect.py` `watch.py` the acts · `policy_lists.py` · `past.py` trying a rule on what was said before ·
`current.py` what holds now, in memory, `follow.py` what keeps it so · `topics.py` what rules are about · `staff.py` who
may · `console.py` the pages · `acts.py` what is recorded · `store.py` all SQL.

Tables, in the register: rule, rule_hit, room_protection, watched_list.
"""

import asyncio

from chappe.accounts import SignUpGuards
from chappe.clock import Clock
from chappe.operators import ConsolePage
from chappe.resources import Resources
from chappe.rooms import SendGates
from chappe.rules.acts import ACTS
from chappe.rules.console import routes
from chappe.rules.current import Current
from chappe.rules.facts import Happening
from chappe.rules.follow import follow_rules, work_beside
from chappe.rules.gate import Counting, Pausing, ask_rules
from chappe.rules.hits import EFFECTS as _OF_HITS
from chappe.rules.hits import Hits, OnHit
from chappe.rules.propose import KINDS
from chappe.rules.protect import EFFECTS as _OF_PROTECTIONS
from chappe.rules.rule import Action, Hit
from chappe.rules.sign_up import guard_sign_up
from chappe.rules.staff import STAFF
from chappe.rules.topics import Topics
from chappe.storage import Database
from chappe.stream import Bus, Effect

PAGES = (ConsolePage("rules", "rules", "nav_rules", STAFF),)
EFFECTS: dict[str, Effect] = _OF_HITS | _OF_PROTECTIONS


def install(resources: Resources, bus: Bus, topics: Topics) -> Current:
    """Add what rules keep in memory to `resources`. Returns it: it is to be loaded before anybody is answered."""
    current = Current(resources.of(Database), resources.of(Clock))
    for thing in (current, Counting(), Hits(bus), Pausing(), OnHit(), topics):
        resources.add(thing)
    resources.of(SendGates).built.append(ask_rules)
    resources.of(SignUpGuards).append(guard_sign_up)
    return current


async def work(resources: Resources, bus: Bus) -> None:
    """Take up what is changed, and write down what is found, for as long as the process runs."""
    current, database, clock = resources.of(Current), resources.of(Database), resources.of(Clock)
    beside = work_beside(resources.of(Hits), resources.of(Pausing), bus)
    await asyncio.gather(follow_rules(current, database, bus, clock), beside)


__all__ = [
    "ACTS",
    "EFFECTS",
    "KINDS",
    "PAGES",
    "Action",
    "Counting",
    "Current",
    "Happening",
    "Hit",
    "Hits",
    "OnHit",
    "Pausing",
    "Topics",
    "install",
    "routes",
    "work",
]
