"""Names of rooms in the directory (Client-Server API v1.19, "Room aliases")."""

from chappe.errors import Errcode, Refused
from chappe.identity import Identity
from chappe.ids import RoomAlias, RoomID, UserID
from chappe.rooms import register_store
from chappe.rooms.append import append
from chappe.rooms.committed import may_send_state
from chappe.rooms.membership_effect import room_of
from chappe.rooms.rooms import Rooms, not_in_room
from chappe.rooms.rules import CANONICAL_ALIAS, require_local_alias, same_json, without_alias
from chappe.rooms.store import Reads
from chappe.stream import Device, Transaction

MAX_ALIASES = 500
"""Names of one room."""


async def add_alias(tx: Transaction, device: Device, alias: RoomAlias, room_id: RoomID) -> None:
    """Give a room one more name, in the register: for its members. A repeat by the same person changes nothing."""
    require_local_alias(alias, tx.of(Identity).server_name)
    own = await room_of(tx, device.user_id, room_id)
    if own is None or own.membership != "join":
        raise not_in_room()
    if await register_store.alias_row(tx, alias) == (room_id, device.user_id):
        return
    if len(await register_store.aliases_of(tx, room_id, MAX_ALIASES)) == MAX_ALIASES:
        raise Refused(Errcode.FORBIDDEN, f"A room has at most {MAX_ALIASES} aliases.")
    taken = Refused(Errcode.UNKNOWN, f"The alias {alias} exists already.", status=409)
    register_store.take_alias(tx, alias, room_id, device.user_id, None, otherwise=taken)


async def remove_alias(tx: Transaction, device: Device, alias: RoomAlias) -> None:
    """Take a name away, in the register: for who made it, and members who may set the canonical alias.

    The room's m.room.canonical_alias stops naming it, if who asks may change that.
    """
    missing = no_such_alias(alias)
    row = await register_store.alias_row(tx, alias)
    if row is None:
        raise missing
    room_id, creator = row
    if creator != device.user_id and not await may_send_state(tx, room_id, device.user_id, CANONICAL_ALIAS):
        raise Refused(
            Errcode.FORBIDDEN, f"Only who made {alias}, or may set {CANONICAL_ALIAS} in its room, removes it."
        )
    register_store.erase_alias(tx, alias, room_id, otherwise=missing)
    tx.effect(room_id, "rooms.unname", room_id, device.user_id, alias, awaited=True)


async def unname(tx: Transaction, device: Device | None, room_id: str, user_id: str, alias: str) -> None:
    """The effect of a removed alias in the room's shard."""
    room = await tx.of(Rooms).enter(tx, RoomID(room_id), UserID(user_id))
    current = room.get(CANONICAL_ALIAS, "")
    if current is None:
        return
    content = without_alias(current.content, RoomAlias(alias))
    if not same_json(content, current.content):
        await append(tx, room, sender=UserID(user_id), type=CANONICAL_ALIAS, state_key="", content=content)


async def resolve(reads: Reads, room_id_or_alias: str) -> RoomID:
    """The room that is meant; refused (NOT_FOUND) for an alias that points nowhere."""
    if not room_id_or_alias.startswith("#"):
        return RoomID(room_id_or_alias)
    alias = RoomAlias(room_id_or_alias)
    room_id = await register_store.room_of_alias(reads, alias)
    if room_id is None:
        raise no_such_alias(alias)
    return room_id


def no_such_alias(alias: RoomAlias) -> Refused:
    """What is told about an alias that points nowhere here."""
    return Refused(Errcode.NOT_FOUND, f"There is no room called {alias} on this server.")
