"""Telling people what happened while their clients sleep.

A *push rule* says for which events a person is to be told, and how. The *default rules* are the same for
everybody (`defaults.py`); a person's *changes* are stored beside them (`ruleset.py`), and both make the *whole*
(`whole.py`). A *pusher* is the address of a *push gateway* for one of a person's clients; who has one is a
*holder*. What a holder is to be told is a *notification*, until they have read it.

`change_rules.py` `set_pusher.py` `notify.py`: the acts · `rules.py` `pushers.py` what a rule and a pusher may look
like, pure · `glob.py` `look.py` `conditions.py` `decide.py` what rules say about an event, pure · `mutes.py` and
about unread counts, pure · `deciders.py` `holders.py` what is kept in memory · `reader.py` `counting.py` follow the
log, for clients that sleep and for unread counts · `looking.py` what both find out about an event ·
`notifications.py` the list of what was told and not read ·
`deliveries.py` `pace.py` `telling.py` `notice.py` `gateway.py` the way to the gateways · `web_push.py`
`web_gateway.py` `vapid.py` this server as the gateway of browsers · `digests.py` `digest.py` `letter.py`
`unsubscribe.py` letters to who has not read ·
`changes.py` what /sync is told · `store.py` all SQL · `routes….py` the endpoints.

Tables, in the person's shard: push_rules, pusher, notification.
"""

from chappe.accounts import Deactivated, DevicesGone, ManagedData
from chappe.clock import Clock
from chappe.config import Settings
from chappe.holds import Eraser
from chappe.http import Routes
from chappe.push.change_rules import RULES, erase_rules, forget_rules
from chappe.push.changes import PUSH_RULES, push_rules, push_rules_between
from chappe.push.counting import counts_reader
from chappe.push.deciders import Deciders
from chappe.push.deliveries import Deliveries
from chappe.push.digest import mail_digest
from chappe.push.digests import mail_minutely
from chappe.push.gateway import Gateways
from chappe.push.holders import Holders, Watchers
from chappe.push.mutes import Mutes
from chappe.push.reader import push_reader
from chappe.push.routes_pushers import routes as _pushers
from chappe.push.routes_rules import routes as _rules
from chappe.push.routes_unsubscribe import routes as _unsubscribe
from chappe.push.routes_web_push import routes as _web_push
from chappe.push.set_pusher import forget_devices, remove_pusher
from chappe.push.store import language_of, share_a_phone
from chappe.push.telling import Telling
from chappe.push.web_gateway import WebPush
from chappe.resources import Resources
from chappe.restrictions import Restrictions
from chappe.storage import Database
from chappe.stream import Bus, Effect, Log, Writer

routes = Routes(_rules, _pushers, _web_push, _unsubscribe)

EFFECTS: dict[str, Effect] = {"push.remove_pusher": remove_pusher, "push.mail_digest": mail_digest}
ERASERS: dict[str, Eraser] = {RULES: erase_rules}


def install(resources: Resources, bus: Bus) -> None:
    """Add what push keeps in memory beside the `Deciders`. Accounts give out push rules as account data, and tell of
    their ends.
    """
    database, settings = resources.of(Database), resources.of(Settings)
    gateways = Gateways(settings.push_private_networks)
    resources.add(Holders(database))
    resources.add(Watchers(database))
    writer, clock, deciders = resources.of(Writer), resources.of(Clock), resources.of(Deciders)
    web = WebPush(settings, clock, gateways)
    resources.add(web)
    restrictions = resources.of(Restrictions)
    telling = Telling(database, resources.of(Log), restrictions)
    resources.add(Deliveries(database, bus, writer, clock, gateways, web, deciders, telling, restrictions))
    resources.of(ManagedData)[PUSH_RULES] = push_rules
    resources.of(Deactivated).append(forget_rules)
    resources.of(DevicesGone).append(forget_devices)


__all__ = [
    "EFFECTS",
    "ERASERS",
    "PUSH_RULES",
    "Deciders",
    "Deliveries",
    "Mutes",
    "counts_reader",
    "install",
    "language_of",
    "mail_minutely",
    "push_reader",
    "push_rules",
    "push_rules_between",
    "routes",
    "share_a_phone",
]
