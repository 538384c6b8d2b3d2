"""The clocks of the law: what is due when, computed and never typed, and who is woken for it. R5 to R9.

`due.py` when a clock runs out and alarms, pure, from `clocks.toml`, every clock there is · `run.py` starting, pausing,
extending, stopping, answering · `alarms.py` waking people · `store.py` all SQL.

A clock starts with the commit of what it is about, at the moment when that was received, which nothing changes. It says
nothing of the case but its number. Tables, in the register: clock, clock_entry.
"""

from chappe.clocks.alarms import Alarms
from chappe.clocks.due import Rule, clock_rules, with_working_days
from chappe.clocks.run import acknowledge, extend, pause, resume, start, stop, stop_all
from chappe.clocks.store import Clock, clocks_of, next_due

__all__ = [
    "Alarms",
    "Clock",
    "Rule",
    "acknowledge",
    "clock_rules",
    "clocks_of",
    "extend",
    "next_due",
    "pause",
    "resume",
    "start",
    "stop",
    "stop_all",
    "with_working_days",
]
