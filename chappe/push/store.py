"""All the SQL of push."""

from chappe.ids import UserID
from chappe.push.ruleset import UNCHANGED, Changes, unpacked
from chappe.rooms.reading import Reads
from chappe.stream import Place, Transaction

# Rules

_RULES = "SELECT place, changes FROM push_rules WHERE user_id = $1"
_PUT_RULES = """
INSERT INTO push_rules (user_id, place, changes) VALUES ($1, $2, $3)
ON CONFLICT (user_id) DO UPDATE SET place = excluded.place, changes = excluded.changes
"""
_ERASE_RULES = "DELETE FROM push_rules WHERE user_id = $1"


async def rules(reads: Reads, user_id: UserID) -> tuple[Place, Changes]:
    """What a person changed of the default rules, and where the last change is; nothing at 0 for most."""
    row = await reads.fetch_one(_RULES, user_id)
    return (Place(row[0]), unpacked(row[1])) if row is not None else (Place(0), UNCHANGED)


def put_rules(tx: Transaction, user_id: UserID, stored: bytes) -> None:
    """Queue what a person changed; their devices hear of it by /sync."""
    tx.execute(_PUT_RULES, user_id, tx.place(user_id), stored)


def erase_rules(tx: Transaction, user_id: UserID) -> None:
    """Queue that a person's rules are the default ones again."""
    tx.execute(_ERASE_RULES, user_id)
