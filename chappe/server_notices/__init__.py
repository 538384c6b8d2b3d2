"""Server notices: what the server itself has to say to somebody, in a room of their own. v1.19, "Server Notices".

The server speaks as `@server:NAME`, which is nobody's account: nobody logs in as it, and nobody can take the name. Each
person has one such room, made with the first notice; it is not encrypted, the person does not write in it, and stays
in it. That the person is in it by the server's doing is a named exception of law 3, and the only one.

`tell.py` telling somebody something, once · `room.py` the room · `gate.py` what people cannot do with it.
Table, in the person's shard: notice_room.
"""

from chappe.resources import Resources
from chappe.rooms import SendGates
from chappe.server_notices.gate import refuse_misuse
from chappe.server_notices.tell import say, tell, tell_effect
from chappe.stream import Effect

EFFECTS: dict[str, Effect] = {"server_notices.tell": tell_effect, "server_notices.say": say}


def install(resources: Resources) -> None:
    """Have rooms keep what belongs to the server from everybody else."""
    resources.of(SendGates).gates.append(refuse_misuse)


__all__ = ["EFFECTS", "install", "tell"]
