"""What one request to /sync needs while its answer is put together."""

from collections.abc import Iterable, Sequence

import msgspec

from chappe.ids import RoomID, UserID
from chappe.keys import DeviceLists, Inboxes, KeyChanges, Range
from chappe.presence import Presence
from chappe.push import Deciders
from chappe.rooms import StoredEvent, Tails, UserRoom
from chappe.storage import Database
from chappe.stream import Place, Shard, place, position_at
from chappe.stream.token import SyncToken, device_digest
from chappe.sync.delta import Delta, Deltas, View
from chappe.sync.followers import Follower
from chappe.timeline.filters import SyncFilter
from chappe.timeline.typing import Typing
from chappe.timeline.visible import Viewer, Withholding

_encode = msgspec.json.encode


ECHO_MS = 1_000
"""How old an event of the device's own is at most, that its sending may not be answered yet."""


class Assembly:
    """One person's request: from where (`since`) to where (`heads`), what they want, and what is already read."""

    def __init__(
        self,
        *,
        database: Database,
        tails: Tails,
        deltas: Deltas,
        typing: Typing,
        presence: Presence,
        withholding: Withholding,
        inboxes: Inboxes,
        key_changes: KeyChanges,
        deciders: Deciders,
        follower: Follower,
        viewer: Viewer,
        filter: SyncFilter,
        view: View,
        since: SyncToken | None,
        heads: list[int],
        typing_since: int,
        full_state: bool,
        now: int,
    ) -> None:
        self.database = database
        self.tails = tails
        self.deltas = deltas
        self.typing = typing
        self.presence = presence
        self.withholding = withholding
        self.inboxes = inboxes
        self.key_changes = key_changes
        self.deciders = deciders
        self.follower = follower
        self.rooms = follower.rooms
        self.joined = follower.joined
        self.viewer = viewer
        self.filter = filter
        self.view = view
        self.since = since
        self.heads = heads
        self.typing_since = typing_since
        """Typing and presence that changed after this count are told; -1 tells of every room, even if nobody types."""
        self.full_state = full_state
        self.now = now
        self.ignored: frozenset[UserID] = frozenset()
        """Those whom the person ignores."""
        self.blocks_invites: bool | None = None
        """Whether the person wants no invitations; None until there is one to show."""
        self.recounted: frozenset[RoomID] = frozenset()
        """The rooms where events count otherwise, by the person's own rules, than the client was told."""
        self.account_data: dict[RoomID, list[bytes]] = {}
        """What changed in the person's own account data about a room, as events."""
        self.echoes = False
        """Whether the device is told of what it has sent a moment ago itself."""
        self.inbox_told: int | None = None
        """How far the device's messages are told, as a position in the person's shard, where more are waiting."""

    @property
    def user_id(self) -> UserID:
        """Who asks."""
        return self.viewer.user_id

    def is_simple(self, room: UserRoom, delta: Delta) -> bool:
        """Whether the person was in the room at all events shown, so that everything there may be seen."""
        shown_from = delta.events[0].place if delta.events else delta.upto
        is_inside = room.membership == "join" and room.joined_place <= shown_from
        return is_inside and not self.withholding.concerns(room.room_id) and not self.ignores_any(delta.events)

    def ignores_any(self, events: Sequence[StoredEvent]) -> bool:
        """Whether some of the events are withheld from the person since they ignore who sent them."""
        return bool(self.ignored) and any(e.state_key is None and e.sender in self.ignored for e in events)

    def note_own(self, events: Sequence[StoredEvent]) -> None:
        """The answer has events that this very device has sent."""
        self.echoes = self.echoes or any(self.now - event.origin_server_ts < ECHO_MS for event in events)

    def typing_in(self, room_id: RoomID, *, anew: bool = False) -> list[bytes]:
        """The m.typing event, if who types has changed; in a room that is new to the client, if anybody does."""
        is_told = self.typing.users(room_id) if anew else self.typing.changed_at(room_id) > self.typing_since
        if not is_told or not self.filter.ephemeral.wants("m.typing"):
            return []
        return [_encode({"type": "m.typing", "content": {"user_ids": self.typing.users(room_id)}})]

    async def device_lists(self, moved: Iterable[RoomID]) -> DeviceLists:
        """Whose keys the client has to look at, and at whose no more. `moved`: the rooms in which anything happened."""
        if self.since is None:
            return DeviceLists(set(), set())
        told = Range(self.since.positions, self.heads)
        return await self.key_changes.lists(self.user_id, self.rooms, moved, told)

    async def key_counts(self) -> bytes:
        """How many keys of the device others may still claim, as members of the answer."""
        return await self.key_changes.counts.told(self.user_id, self.viewer.device_id or "")

    @property
    def keys_were_claimed(self) -> bool:
        """Whether others have claimed keys of the device since the client last heard how many are left."""
        return self.key_changes.counts.were_claimed(self.user_id, self.viewer.device_id or "", self.typing_since)

    async def to_device(self) -> list[bytes]:
        """The messages for the device that this answer tells, as events."""
        shard, device_id = self.follower.shard, self.viewer.device_id
        if device_id is None:
            return []
        after = place(shard, 0)
        if self.since is not None and is_for(self.since, device_id):
            after = self.place_since(shard)
            if self.since.inbox is not None:
                after = min(after, place(shard, self.since.inbox))
        told = await self.inboxes.tell(self.user_id, device_id, after, place(shard, self.heads[shard]))
        self.inbox_told = None if told.is_all else position_at(told.upto)
        return told.events

    def place_since(self, room_shard: Shard) -> Place:
        """How far the client has come in a shard."""
        position = self.since.positions.get(room_shard, 0) if self.since is not None else 0
        return place(room_shard, position)


def is_for(since: SyncToken, device_id: str | None) -> bool:
    """Whether a token is the device's own. One of another device of the person shows nothing of what this one has
    received: nothing may be erased because of it."""
    return since.device is None or since.device == device_digest(device_id or "")


def account_event(type: str, content: bytes) -> bytes:
    """Account data as an event, from its content as JSON."""
    return b'{"type":' + _encode(type) + b',"content":' + content + b"}"
