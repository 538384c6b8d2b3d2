"""Watched policy lists: rooms in which bots and people keep rules about users, rooms and servers.

Client-Server API v1.19, "Moderation policy lists": `m.policy.rule.user`, `.room`, `.server`, with an `entity` (a glob)
and the recommendation `m.ban`. Here they are facts for rules: `"spammers" in listed`.
"""

from collections.abc import Iterable

from chappe.ids import RoomID
from chappe.rooms import reading
from chappe.rules import store
from chappe.storage import Database

RULES = "m.policy.rule."
KINDS = ("user", "room", "server")
OLD_TYPES = {f"m.room.rule.{kind}": kind for kind in KINDS} | {
    f"org.matrix.mjolnir.rule.{kind}": kind for kind in KINDS
}
"""What such events were called before."""
BAN = frozenset({"m.ban", "org.matrix.mjolnir.ban"})
MAX_RULES = 20_000
"""Of one list; what is beyond is left out, and counted."""
MAX_GLOBS = 500
"""Patterns of one list and kind: each is tried with everybody."""
MAX_ENTITY_CHARS = 512
MAX_WATCHED = 20


class PolicyList:
    """A list as it stands: what is named as such, and what is a pattern."""

    def __init__(self, rules: Iterable[tuple[str, str]]) -> None:
        self._exact: set[tuple[str, str]] = set()
        self._globs: dict[str, list[Glob]] = {kind: [] for kind in KINDS}
        self.size = 0
        for kind, entity in rules:
            self.size += 1
            if "*" in entity or "?" in entity:
                if len(self._globs[kind]) < MAX_GLOBS:
                    self._globs[kind].append(Glob(entity))
            else:
                self._exact.add((kind, entity))

    def has(self, kind: str, entity: str) -> bool:
        """Whether it names somebody or something."""
        return (kind, entity) in self._exact or any(glob.matches(entity) for glob in self._globs[kind])


class PolicyLists:
    """All that are watched, by name."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lists: dict[str, PolicyList] = {}
        self.rooms: frozenset[str] = frozenset()
        """Where they are kept: a change there is taken up."""

    async def load(self) -> None:
        """Read them all again."""
        lists: dict[str, PolicyList] = {}
        rooms: set[str] = set()
        for name, room_id in await store.watched(self._database):
            rooms.add(room_id)
            lists[name] = PolicyList(await self._rules_in(RoomID(room_id)))
        self._lists, self.rooms = lists, frozenset(rooms)

    async def _rules_in(self, room_id: RoomID) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = []
        for event in await reading.state_without_members(self._database, room_id):
            rule = rule_of(event.type, event.content)
            if rule is not None and len(found) < MAX_RULES:
                found.append(rule)
        return found

    def naming(self, user_ids: Iterable[str], room_id: str) -> list[str]:
        """The names of the lists on which one of these people, their server, or the room stands."""
        people = [one for one in user_ids if one]
        return [
            name
            for name, one in self._lists.items()
            if one.has("room", room_id)
            or any(one.has("user", user_id) or one.has("server", user_id.partition(":")[2]) for user_id in people)
        ]


def rule_of(event_type: str, content: dict[str, object]) -> tuple[str, str] | None:
    """What a policy rule names, and as what; None of what is no rule to ban, or one that was taken back."""
    kind = event_type.removeprefix(RULES) if event_type.startswith(RULES) else OLD_TYPES.get(event_type)
    entity, recommended = content.get("entity"), content.get("recommendation")
    if kind not in KINDS or not isinstance(entity, str) or not 0 < len(entity) <= MAX_ENTITY_CHARS:
        return None
    return (kind, entity) if isinstance(recommended, str) and recommended in BAN else None


class Glob:
    """A pattern of `*` (anything) and `?` (one character). Matching takes the product of both lengths at most."""

    def __init__(self, pattern: str) -> None:
        self._parts = pattern.split("*")

    def matches(self, text: str) -> bool:
        """Whether it is all of a text."""
        first, *rest = self._parts
        if not rest:
            return len(text) == len(first) and _fits(first, text, 0)
        last = rest.pop()
        if len(text) < len(first) + len(last) or not _fits(first, text, 0):
            return False
        end = len(text) - len(last)
        if not _fits(last, text, end):
            return False
        at = len(first)
        for part in rest:
            # The leftmost place leaves the most for what follows.
            while at + len(part) <= end and not _fits(part, text, at):
                at += 1
            if at + len(part) > end:
                return False
            at += len(part)
        return True


def _fits(part: str, text: str, at: int) -> bool:
    if "?" not in part:
        return text.startswith(part, at)
    return all(wanted in ("?", text[at + number]) for number, wanted in enumerate(part))
