"""Telling people what happened while their clients sleep.

A *push rule* says for which events a person is to be told, and how. The *default rules* are the same for
everybody (`defaults.py`); a person's *changes* are stored beside them (`ruleset.py`), and both make the *whole*
(`whole.py`).

`change_rules.py`: the acts · `rules.py` what a rule may look like, pure · `changes.py` what /sync is told
· `store.py` all SQL · `routes….py` the endpoints.

Tables, in the person's shard: push_rules.
"""

from chappe.accounts import Deactivated, ManagedData
from chappe.http import Routes
from chappe.push.change_rules import forget_rules
from chappe.push.changes import PUSH_RULES, push_rules, push_rules_between
from chappe.push.routes_rules import routes as _rules
from chappe.resources import Resources

routes = Routes(_rules)


def install(resources: Resources) -> None:
    """Have accounts give out push rules as account data, and push learn of accounts that end."""
    resources.of(ManagedData)[PUSH_RULES] = push_rules
    resources.of(Deactivated).append(forget_rules)


__all__ = ["PUSH_RULES", "install", "push_rules", "push_rules_between", "routes"]
