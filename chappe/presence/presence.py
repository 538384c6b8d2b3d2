"""Who is there, in memory only: nothing of it is stored, and a restart forgets it.

Nobody is woken by a change, and no timer runs: what time has changed is found when somebody looks.
"""

from collections import OrderedDict
from itertools import chain
from types import TracebackType

from chappe.clock import Clock
from chappe.ids import UserID
from chappe.presence.meetings import MAX_TOLD, Joined, Meetings
from chappe.presence.rules import IDLE_AFTER_MS, OFFLINE_AFTER_MS, State, together
from chappe.stream import Device, Log

MAX_PEOPLE = 100_000
"""People remembered. Beyond, those are forgotten first who came first, and seem offline until they sync again."""
MAX_DEVICES = 50
"""Devices of one person that count at a time."""
ACTIVE_EVERY_MS = 1_000
"""Of somebody who is online, what they do is noted once in so long."""
MAX_PLACES = 1_000_000
"""Rooms of all those people together, about 40 bytes each. Beyond, people are forgotten in the same way."""
MAX_SWEPT = 500
"""People who fell silent of whom one look takes notice, about a millisecond. The next look goes on."""

_KeyOfDevice = tuple[UserID, str]


class Person:
    """One person's presence. `active_at`: when they last did something themselves, in milliseconds."""

    __slots__ = ("active_at", "chosen", "devices", "idle", "joined", "polls", "shown", "state", "status")

    def __init__(self, joined: Joined, now: int) -> None:
        self.devices: dict[str, State] = {}
        """The devices that are not offline."""
        self.chosen: set[str] = set()
        """Those of them whose owner has said what they are: going on to sync does not change that."""
        self.polls: dict[str, int] = {}
        """How many requests to /sync each device has open."""
        self.state = State.OFFLINE
        self.status: str | None = None
        self.shown: dict[str, str] = {}
        """Name and picture, if they changed since the person came."""
        self.idle = False
        self.active_at = now
        self.joined = joined


class Presence:
    """The presence of everybody, for everybody they share a room with. Changes are counted by `Log.ephemeral`."""

    def __init__(self, log: Log, clock: Clock, *, enabled: bool = True) -> None:
        self._log = log
        self._now = clock.now_ms
        self.enabled = enabled
        self._people: OrderedDict[UserID, Person] = OrderedDict()
        self._meetings = Meetings()
        self._leaving: OrderedDict[_KeyOfDevice, int] = OrderedDict()
        """Devices without an open request, and since when: the one silent longest first."""
        self._active: OrderedDict[UserID, int] = OrderedDict()
        """People online, and when they last did something: the one idle longest first."""
        self.changed_upto = 0
        """The count of the last change of anybody."""

    # What people do

    def poll(self, device: Device, state: State, joined: Joined) -> "Poll":
        """While the result is entered, the device syncs. `State.OFFLINE`: it does not want to be seen by that."""
        return Poll(self, device, state, joined)

    def set(self, device: Device, state: State, status: str | None, joined: Joined) -> None:
        """What somebody says of themselves. It holds as long as the device syncs."""
        if not self.enabled:
            return
        self._sweep()
        person = self._person(device.user_id, joined)
        device_id = device.device_id or ""
        if state in (State.ONLINE, State.BUSY):
            self._touch(device.user_id, person)
        self._put_device(person, device_id, state)
        if state is not State.OFFLINE:
            person.chosen.add(device_id)
        if device_id not in person.polls:
            self._leaving.pop((device.user_id, device_id), None)
            self._leaving[device.user_id, device_id] = self._now()
        self._settle(device.user_id, person, status)

    def act(self, user_id: UserID) -> None:
        """Somebody did something: they are not idle. Who is not to be seen stays so."""
        person = self._people.get(user_id)
        if person is None or person.state is State.OFFLINE:
            return
        if person.state is State.ONLINE and self._now() - person.active_at < ACTIVE_EVERY_MS:
            return
        self._touch(user_id, person)
        for device_id, state in person.devices.items():
            if state is State.UNAVAILABLE:
                person.devices[device_id] = State.ONLINE
                person.chosen.discard(device_id)
        self._settle(user_id, person, person.status)

    def rename(self, user_id: UserID, key: str, value: str | None) -> None:
        """Somebody has another name or picture, or None, and is seen with it (spec: "Events on Change of Profile")."""
        person = self._people.get(user_id)
        if person is None or person.state is State.OFFLINE:
            return
        if value is None:
            person.shown.pop(key, None)
        else:
            person.shown[key] = value
        self._mark(user_id, person)

    # What others are told

    def of(self, user_id: UserID) -> Person | None:
        """Somebody's presence; None if nothing is known."""
        self._sweep()
        return self._people.get(user_id)

    def is_syncing(self, user_id: UserID) -> bool:
        """Whether a device of theirs waits for news, so that their rooms are known."""
        person = self._people.get(user_id)
        return person is not None and bool(person.polls)

    def changes(self, joined: Joined, since: int, anew: frozenset[str]) -> dict[UserID, Person]:
        """Those whose presence changed after a count and who are in one of these rooms.

        In rooms `anew`, and in all if `since` is -1, everybody who is not offline.
        """
        if not self.enabled:
            return {}
        self._sweep()
        if since < 0:
            told = self._meetings.there(chain.from_iterable(joined.values()))
        elif since < self.changed_upto:
            told = self._meetings.changed_since(since, joined)
        else:
            told = []
        if anew and since >= 0:
            told += self._meetings.there(anew)
        return {user_id: self._people[user_id] for user_id in told[:MAX_TOLD]}

    # How it is kept

    def begin_poll(self, device: Device, state: State, joined: Joined) -> None:
        """A device begins to wait for news."""
        self._sweep()
        user_id, device_id = device.user_id, device.device_id or ""
        person = self._person(user_id, joined)
        person.polls[device_id] = person.polls.get(device_id, 0) + 1
        self._leaving.pop((user_id, device_id), None)
        before = person.devices.get(device_id, State.OFFLINE)
        if before is State.OFFLINE and state is State.ONLINE:
            self._touch(user_id, person)
        if device_id not in person.chosen or state is not State.ONLINE:
            self._put_device(person, device_id, state)
        self._settle(user_id, person, person.status)

    def end_poll(self, device: Device) -> None:
        """The request is answered, or its client has gone."""
        user_id, device_id = device.user_id, device.device_id or ""
        person = self._people.get(user_id)
        if person is None or device_id not in person.polls:
            return
        person.polls[device_id] -= 1
        if not person.polls[device_id]:
            del person.polls[device_id]
            self._leaving[user_id, device_id] = self._now()

    def _person(self, user_id: UserID, joined: Joined) -> Person:
        person = self._people.get(user_id)
        if person is None:
            if len(self._people) >= MAX_PEOPLE:
                self._forget(next(iter(self._people)))
            person = self._people[user_id] = Person(joined, self._now())
            self._meetings.move(user_id, {}, joined)
        elif person.joined is not joined:
            came_in = self._meetings.move(user_id, person.joined, joined)
            person.joined = joined
            if came_in and person.state is not State.OFFLINE:
                self._mark(user_id, person)  # in the new rooms they are to be seen
        while self._meetings.places > MAX_PLACES and len(self._people) > 1:
            self._forget(next(other for other in self._people if other != user_id))
        return person

    def _put_device(self, person: Person, device_id: str, state: State) -> None:
        person.devices.pop(device_id, None)
        person.chosen.discard(device_id)
        if state is not State.OFFLINE:
            if len(person.devices) >= MAX_DEVICES:
                oldest = next(iter(person.devices))
                del person.devices[oldest]
                person.chosen.discard(oldest)
            person.devices[device_id] = state

    def _touch(self, user_id: UserID, person: Person) -> None:
        person.active_at = self._now()
        person.idle = False
        self._active.pop(user_id, None)
        self._active[user_id] = person.active_at

    def _settle(self, user_id: UserID, person: Person, status: str | None) -> None:
        """Find out what a person is now, and note it if it is not what they were."""
        state = together(person.devices.values(), idle=person.idle)
        if state is person.state and status == person.status:
            return
        person.state, person.status = state, status
        self._mark(user_id, person)

    def _mark(self, user_id: UserID, person: Person) -> None:
        self._log.ephemeral += 1
        self.changed_upto = self._log.ephemeral
        self._meetings.change(user_id, self.changed_upto, is_there=person.state is not State.OFFLINE)

    def _sweep(self) -> None:
        """Notice who fell silent. Each is looked at once for each time they spoke."""
        now, left = self._now(), MAX_SWEPT
        while left and self._leaving and now - next(iter(self._leaving.values())) > OFFLINE_AFTER_MS:
            left -= 1
            user_id, device_id = next(iter(self._leaving))
            del self._leaving[user_id, device_id]
            if (person := self._people.get(user_id)) is not None:
                self._put_device(person, device_id, State.OFFLINE)
                self._settle(user_id, person, person.status)
        while left and self._active and now - next(iter(self._active.values())) > IDLE_AFTER_MS:
            left -= 1
            user_id = next(iter(self._active))
            del self._active[user_id]
            if (person := self._people.get(user_id)) is not None:
                person.idle = True
                self._settle(user_id, person, person.status)

    def _forget(self, user_id: UserID) -> None:
        self._meetings.forget(user_id, self._people.pop(user_id).joined)
        self._active.pop(user_id, None)


class Poll:
    """A request to /sync, from its beginning to its end."""

    __slots__ = ("_device", "_joined", "_presence", "_state")

    def __init__(self, presence: Presence, device: Device, state: State, joined: Joined) -> None:
        self._presence = presence
        self._device = device
        self._state = state
        self._joined = joined

    @property
    def _is_seen(self) -> bool:
        return self._presence.enabled and self._state is not State.OFFLINE

    def __enter__(self) -> None:
        if self._is_seen:
            self._presence.begin_poll(self._device, self._state, self._joined)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._is_seen:
            self._presence.end_poll(self._device)
