"""Before an event enters: protections are obeyed, rules are asked, and what happened is counted.

Of rooms that are not open nothing is looked at but who invites how many (R107, R115). With no rule and no protection,
this looks at nothing.
"""

from chappe.accounts import account_of
from chappe.errors import Errcode, Refused
from chappe.events.event import Event
from chappe.events.powers import power_of
from chappe.ids import UserID
from chappe.rooms import Room
from chappe.rooms.listing import is_open
from chappe.rules.current import Current
from chappe.rules.facts import Facts, Happening, folded, said
from chappe.rules.hits import Hits, hit_of, tell
from chappe.rules.protect import PAUSE, SLOW
from chappe.rules.rule import DECIDES, REFUSES, Action, Rule, Stage
from chappe.rules.windows import Window
from chappe.storage import Database
from chappe.stream import Transaction

MODERATES = 50
"""The power from which on slow mode lets somebody speak."""
HELD_MS = 60_000
"""After how long one may try again."""
MIN_TEXT_CHARS = 8
"""Shorter texts are said again and again by everybody."""
MAX_AGES = 20_000
_UNSEEN = frozenset({"m.room.encrypted", "m.room.redaction"})
"""What nobody reads here, and what makes less of what was said: it is never held up."""


class Counting:
    """What happened lately, in open rooms and by invitations."""

    def __init__(self) -> None:
        self.texts = Window(600)
        self.messages = Window(60)
        self.joins = Window(60)
        self.invites = Window(3_600)
        self.registrations = Window(60)
        self.spoke: dict[tuple[str, str], int] = {}
        """When somebody spoke last in a room with slow mode."""
        self.made: dict[UserID, tuple[int, bool]] = {}
        """When an account was made, and whether it is a guest's."""

    async def account(self, database: Database, user_id: UserID) -> tuple[int, bool]:
        """When somebody's account was made, which never changes, and whether it is a guest's."""
        known = self.made.get(user_id)
        if known is None:
            account = await account_of(database, user_id)
            if len(self.made) >= MAX_AGES:
                self.made.clear()
            known = self.made[user_id] = (account.created_at, account.is_guest) if account else (0, False)
        return known

    def message(self, sender: str, room_id: str, body: str, now: int) -> Facts:
        """Count a message, and say what that makes."""
        self.messages.add(sender, now, room_id)
        facts: Facts = {
            "messages_last_minute": self.messages.count(sender, now),
            "rooms_last_minute": len(self.messages.others(sender, now)),
        }
        text = folded(body)
        if len(text) >= MIN_TEXT_CHARS:
            self.texts.add(text, now, sender)
            facts["repeats"] = self.texts.count(text, now)
            facts["repeated_by"] = len(self.texts.others(text, now))
        return facts


async def ask_rules(tx: Transaction, room: Room, event: Event) -> None:
    """A gate over events that are built. Refuses what a live rule holds up, and what a protection does not let in."""
    current = tx.of(Current)
    if event.room_id in current.lists.rooms and event.state_key is not None:
        tx.after_commit(current.wake)
    if current.is_idle:
        return
    happening = _happening_of(room, event)
    if happening is None:
        return
    counting = tx.of(Counting)
    _require_unprotected(tx, current, counting, room, event, happening)
    facts = await _facts_of(tx, current, counting, room, event, happening)
    deal_with(tx, current, current.engine.holding(happening, facts, tx.now), facts, event)
    if happening is Happening.MESSAGE and (room.room_id, SLOW) in current.protections:
        tx.after_commit(lambda: _spoke(counting, room.room_id, event.sender, tx.now))


def deal_with(tx: Transaction, current: Current, rules: list[Rule], facts: Facts, event: Event) -> None:
    """Do what the rules that hold say. Refuses for the first that holds something up."""
    refusing: Rule | None = None
    for rule in rules:
        hit = hit_of(rule, facts, event.sender, event.room_id, event.event_id)
        if rule.stage is Stage.LIVE and rule.action in DECIDES:
            tell(tx, hit)
            continue
        tx.of(Hits).note(hit)
        if rule.stage is Stage.LIVE and rule.action in REFUSES:
            refusing = refusing or rule
    if refusing is None:
        return
    if refusing.action is Action.PAUSE:
        tx.of(Pausing).pause(event.room_id, refusing)
    raise held(refusing)


class Pausing:
    """Rooms that a rule wants paused. What refuses leaves nothing in its own unit; the pause is one of its own."""

    def __init__(self) -> None:
        self.waiting: dict[str, Rule] = {}

    def pause(self, room_id: str, rule: Rule) -> None:
        """Have it paused soon."""
        self.waiting[room_id] = rule


def held(rule: Rule) -> Refused:
    """The refusal of what a rule holds up: it says which, and why."""
    return Refused(
        Errcode.LIMIT_EXCEEDED, f"{rule.why} (Rule {rule.name}, version {rule.version}.) Try again later.",
        retry_after_ms=HELD_MS,
    )  # fmt: skip


def _happening_of(room: Room, event: Event) -> Happening | None:
    """What an event is to rules; None if it is nothing to them."""
    if event.type == "m.room.member":
        membership, target = event.content.get("membership"), UserID(event.state_key or "")
        if membership == "invite":
            return Happening.INVITE
        was = room.membership(target) if target in room.members else "leave"
        is_new = membership == "join" and was != "join" and room.joined > 0
        return Happening.JOIN if is_new and is_open(room) else None
    if event.type in _UNSEEN or not is_open(room) or room.joined == 0:
        return None
    return Happening.MESSAGE if event.state_key is None else Happening.STATE


def _require_unprotected(
    tx: Transaction, current: Current, counting: Counting, room: Room, event: Event, happening: Happening
) -> None:
    if happening is Happening.JOIN and (held_by := current.protection(room.room_id, PAUSE, tx.now)) is not None:
        wait = held_by.until - tx.now
        raise Refused(Errcode.LIMIT_EXCEEDED, f"This room takes in nobody now: {held_by.why}", retry_after_ms=wait)
    if happening is not Happening.MESSAGE or event.type == "m.reaction":
        return
    slow = current.protection(room.room_id, SLOW, tx.now)
    if slow is None or power_of(room.version, room, event.sender) >= MODERATES:
        return
    wait = counting.spoke.get((room.room_id, event.sender), 0) + slow.seconds * 1_000 - tx.now
    if wait > 0:
        reason = f"In this room one speaks every {slow.seconds} seconds now: {slow.why}"
        raise Refused(Errcode.LIMIT_EXCEEDED, reason, retry_after_ms=wait)


def _spoke(counting: Counting, room_id: str, sender: str, now: int) -> None:
    if len(counting.spoke) >= MAX_AGES:
        counting.spoke.clear()  # who spoke may speak once more: better than to remember without an end
    counting.spoke[(room_id, sender)] = now


async def _facts_of(
    tx: Transaction, current: Current, counting: Counting, room: Room, event: Event, happening: Happening
) -> Facts:
    sender, now = event.sender, tx.now
    made_at, is_guest = await counting.account(tx.database, sender)
    target = event.state_key if happening is Happening.INVITE and event.state_key else ""
    facts: Facts = {
        "event_type": event.type,
        "sender": sender,
        "sender_age_s": max(0, now - made_at) // 1_000,
        "sender_power": min(power_of(room.version, room, sender), 2**53),
        "is_guest": is_guest,
        "target": target,
        "room": room.room_id,
        "room_members": room.joined,
        "listed": current.lists.naming((sender, target), room.room_id)[:10],
    }
    if happening is Happening.INVITE:
        counting.invites.add(sender, now, target)
        return {**facts, "invites_last_hour": len(counting.invites.others(sender, now))}
    if happening is Happening.JOIN:
        counting.joins.add(room.room_id, now, sender)
        name = event.content.get("displayname")
        joins = len(counting.joins.others(room.room_id, now))
        return {**facts, "name": name[:256] if isinstance(name, str) else "", "joins_last_minute": joins}
    facts |= said(event.content)
    if happening is Happening.MESSAGE:
        facts |= counting.message(sender, room.room_id, str(facts["body"]), now)
    return facts
