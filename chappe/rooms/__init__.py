"""Rooms: their state, who is in them, their names in the directory.

`Rooms` holds what the next event builds on; `append` is the one way into a room's history; `store`
reads what is committed. Tables: room, event, state_change, member_change, highlight, relation, annotation, thread,
thread_event, redacted_original, erased_sender, own_count (the room's shard), user_room (the person's shard),
room_alias, public_room, person_word, open_room (the register). `relations.py` stores how events relate.

`create.py` `join.py` `invite.py` `leave.py` `kick.py` `ban.py` `knock.py` `forget.py` `put_state.py` `aliases.py`
`directory.py` `upgrade.py`: the acts · `invite_permission.py` who wants to be invited by whom · `read_state.py` who
reads which state · `people.py` finding people · `room_summary.py` `hierarchy.py` rooms from outside · `inherit.py`
settings that follow to a replacement · `erasure.py` who erased what they said · `placeholders.py` `obey.py`
`tell_restricted.py` what is restricted · `own_counts.py` what rules of one's own change of unread counts · `spread.py`
what an account's change does to its rooms · `presets.py` `rules.py` `upgrade_rules.py` `listing.py` pure.
"""

from chappe.accounts import Deactivated, ProfileChanged
from chappe.events.powers import join_rule_of, membership_of
from chappe.http import Routes
from chappe.resources import Resources
from chappe.restrictions import OnImposed, OnLifted
from chappe.rooms.aliases import resolve
from chappe.rooms.append import SendGates, Sending, append, begin_room, create_event, sent_before
from chappe.rooms.committed import committed_state
from chappe.rooms.directory_reader import directory_reader
from chappe.rooms.effects import EFFECTS
from chappe.rooms.erasure import Erasures, erase_everywhere, erased_between, erasures_among
from chappe.rooms.invite_permission import blocks_invites
from chappe.rooms.membership import set_member
from chappe.rooms.membership_effect import Joined, UserRoom, joined_rooms, room_of, rooms_changed, rooms_of
from chappe.rooms.obey import obey_restrictions
from chappe.rooms.placeholders import Placeholders, is_local, placeholders_in
from chappe.rooms.register_store import is_listed
from chappe.rooms.room import Room
from chappe.rooms.room_summary import may_know_of
from chappe.rooms.rooms import Rooms, not_in_room
from chappe.rooms.routes import routes as _routes
from chappe.rooms.routes_directory import routes as _directory
from chappe.rooms.routes_previews import routes as _previews
from chappe.rooms.routes_state import routes as _state
from chappe.rooms.spaces_store import share_a_room
from chappe.rooms.spread import depart_everywhere, spread_profile
from chappe.rooms.stored import StoredEvent
from chappe.rooms.tails import Tails
from chappe.rooms.tell_restricted import tell_lifted, tell_restricted

routes = Routes(_routes, _state, _directory, _previews)


def follow_accounts(resources: Resources) -> None:
    """Have rooms learn of restrictions, of new names and pictures, and of accounts that end; others of joins."""
    resources.add(Joined())
    resources.of(OnImposed).append(tell_restricted)
    resources.of(OnLifted).append(tell_lifted)
    resources.of(ProfileChanged).append(spread_profile)
    resources.of(Deactivated).extend((erase_everywhere, depart_everywhere))


__all__ = [
    "EFFECTS",
    "Erasures",
    "Joined",
    "Placeholders",
    "Room",
    "Rooms",
    "SendGates",
    "Sending",
    "StoredEvent",
    "Tails",
    "UserRoom",
    "append",
    "begin_room",
    "blocks_invites",
    "committed_state",
    "create_event",
    "directory_reader",
    "erased_between",
    "erasures_among",
    "follow_accounts",
    "is_listed",
    "is_local",
    "join_rule_of",
    "joined_rooms",
    "may_know_of",
    "membership_of",
    "not_in_room",
    "obey_restrictions",
    "placeholders_in",
    "resolve",
    "room_of",
    "rooms_changed",
    "rooms_of",
    "routes",
    "sent_before",
    "set_member",
    "share_a_room",
]
