"""The effects of this slice, by name.

Most can be refused for good: there is nobody to tell, and trying again would hold up what follows.
"""

import logging

from chappe.errors import Refused
from chappe.rooms.aliases import unname
from chappe.rooms.create import confirm_alias
from chappe.rooms.direct import set_direct
from chappe.rooms.directory import list_room, unlist_room
from chappe.rooms.erasure import erase_sender
from chappe.rooms.guests import remove_guests
from chappe.rooms.inherit import inherit_settings
from chappe.rooms.membership_effect import set_membership
from chappe.rooms.people import forget_person
from chappe.rooms.spread import depart, rename
from chappe.rooms.upgrade import hand_over, retire
from chappe.stream import Device, Effect, Transaction

logger = logging.getLogger(__name__)


def unless_refused(effect: Effect) -> Effect:
    """The same effect, which gives up when the room's rules refuse it. It is tried again when storage fails."""

    async def tried(tx: Transaction, device: Device | None, *arguments: object) -> None:
        try:
            await effect(tx, device, *arguments)
        except Refused as refused:
            if refused.status >= 500:
                raise
            logger.info("An effect is not allowed any more: %s", refused.code.code)

    return tried


EFFECTS: dict[str, Effect] = {
    "rooms.membership": set_membership,
    "rooms.confirm_alias": confirm_alias,
    "rooms.list": list_room,
    "rooms.unlist": unlist_room,
    "rooms.forget_person": forget_person,
    "rooms.inherit": inherit_settings,
    "rooms.direct": set_direct,
    "rooms.retire": unless_refused(retire),
    "rooms.hand_over": hand_over,
    "rooms.remove_guests": unless_refused(remove_guests),
    "rooms.unname": unless_refused(unname),
    "rooms.rename": unless_refused(rename),
    "rooms.erase_sender": erase_sender,
    "rooms.depart": unless_refused(depart),
}
