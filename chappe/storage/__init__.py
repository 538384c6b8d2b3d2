"""Where everything is kept: two engines that do the same, units of work, schema files.

`Database` is one engine: reads of what is committed, and `flush`, which writes a group of units and
commits once. `Unit` is what one act wants written. Tables of its own: `migration`.
"""

from chappe.storage.database import MAX_GROUP_UNITS, Conflict, Database, EngineFailure
from chappe.storage.dialect import Row
from chappe.storage.unit import Future, FuturePlace, Outcome, Statement, StatementKind, Superseded, Unit

__all__ = [
    "MAX_GROUP_UNITS",
    "Conflict",
    "Database",
    "EngineFailure",
    "Future",
    "FuturePlace",
    "Outcome",
    "Row",
    "Statement",
    "StatementKind",
    "Superseded",
    "Unit",
]
