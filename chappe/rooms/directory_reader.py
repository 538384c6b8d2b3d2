"""The reader "rooms.directory": keeps the directory of rooms, and of people, as rooms change."""

from collections.abc import Awaitable, Callable

from chappe.ids import RoomID, UserID, is_server_user
from chappe.rooms import register_store, store
from chappe.rooms.committed import committed_state
from chappe.rooms.directory import listing_of
from chappe.rooms.listing import LISTED_TYPES, is_open
from chappe.rooms.people import refresh_people
from chappe.rooms.room import MEMBER
from chappe.storage import Database
from chappe.stream import REGISTER, Bus, Command, Device, Log, Place, Reader, Shard, Transaction, Writer, place

EVENTS_AT_ONCE = 1_000


class DirectoryReader:
    """Follows the state of all rooms."""

    def __init__(self, database: Database, bus: Bus) -> None:
        self._database = database
        self._bus = bus

    async def handle(self, shard: Shard, after: int, upto: int) -> None:
        """Deal with the state events of a shard in (after, upto]."""
        start, end = place(shard, after), place(shard, upto)
        while rows := await store.changed_state(self._database, start, end, EVENTS_AT_ONCE):
            start = Place(rows[-1][0])
            looks = {RoomID(room_id) for _, room_id, kind, _ in rows if kind in LISTED_TYPES}
            peopled = list({RoomID(room_id) for _, room_id, kind, _ in rows if kind == MEMBER} - looks)
            looks |= set(await register_store.listed_among(self._database, peopled))
            for room_id in sorted(looks):
                await self._call(refresh_room, room_id)
            people = {UserID(user_id) for _, _, kind, user_id in rows if kind == MEMBER and not is_server_user(user_id)}
            if people:
                await self._call(refresh_people, sorted(people))

    async def _call(self, act: Callable[..., Awaitable[None]], *arguments: object) -> None:
        await self._bus.call(REGISTER, Command(act, None, arguments))


async def refresh_room(tx: Transaction, device: Device | None, room_id: RoomID) -> None:
    """Bring a room's entry up to date, and whether its members may be found by everybody. In the register."""
    at = tx.of(Log).head_of(room_id)
    state = await committed_state(tx, room_id, LISTED_TYPES, at=at)
    if state is None:
        return
    if await register_store.is_listed(tx, room_id):
        register_store.refresh_listing(tx, room_id, listing_of(room_id, state, at))
    if is_open(state) != await register_store.is_open(tx, room_id):
        register_store.set_open(tx, room_id, is_open(state))


def directory_reader(database: Database, bus: Bus, log: Log, writer: Writer) -> Reader:
    """The reader, to be run as a task of the process."""
    return Reader("rooms.directory", DirectoryReader(database, bus).handle, database, log, writer)
