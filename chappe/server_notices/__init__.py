"""What the server itself tells people, as messages that every client shows (spec: "Server Notices").

The server speaks as `@server:name`, which is nobody's account. Each person has one room with it, made when there is
something to tell; they are in it without having accepted an invitation, read it also while suspended, and cannot leave
it. It is never encrypted. That the server puts somebody into this one room is a named exception of law 3.

`tell.py` telling, once for each key · `make_room.py` the room · `gate.py` who may do what in it · `languages.py` in
which language · `words.py` what the room is called, pure · `forget.py` the end of an account · `store.py` all SQL.

Tables, in the person's shard: notice_room, notice_told.
"""

from chappe.accounts import Deactivated
from chappe.holds import Eraser
from chappe.resources import Resources
from chappe.rooms.effects import unless_refused
from chappe.server_notices.forget import TOLD, erase_told, forget_told
from chappe.server_notices.gate import keep_in_room
from chappe.server_notices.languages import Languages
from chappe.server_notices.make_room import make_notice_room, say
from chappe.server_notices.store import notice_room_of
from chappe.server_notices.tell import tell, tell_effect
from chappe.stream import Effect

EFFECTS: dict[str, Effect] = {
    "server_notices.tell": tell_effect,
    "server_notices.make_room": make_notice_room,
    "server_notices.say": unless_refused(say),
}

ERASERS: dict[str, Eraser] = {TOLD: erase_told}


def install(resources: Resources, languages: Languages) -> None:
    """Add what finds out in which language somebody is told something, and learn of accounts that end."""
    resources.add(languages)
    resources.of(Deactivated).append(forget_told)


__all__ = ["EFFECTS", "ERASERS", "Languages", "install", "keep_in_room", "notice_room_of", "tell"]
