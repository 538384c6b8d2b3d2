"""Telling somebody something, once: from any act, whatever its shard."""

from html import escape

import msgspec

from chappe import accounts
from chappe.errors import Errcode, Refused
from chappe.identity import Identity
from chappe.ids import DeviceID, RoomID, UserID, server_user
from chappe.rooms import Rooms, Sending, append, sent_before
from chappe.server_notices.room import NOTICE_TAG, Plan, make_room, plan_room
from chappe.stream import Device, Transaction

Texts = dict[str, str]
"""What is told, by language (en, fr): plain text, with empty lines between paragraphs."""

_PLAN = "SELECT room_id, version, nonce, made_at FROM notice_room WHERE user_id = $1"
_ADD = "INSERT INTO notice_room VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING RETURNING user_id"
_BETWEEN = "\n\n· · ·\n\n"
"""Between two languages, where it is not known which one somebody reads."""


def tell(tx: Transaction, user_id: UserID, key: str, texts: Texts, about: dict[str, object]) -> None:
    """Queue a notice with this unit: told once for each `key`. `about` are further keys of its content, for clients
    that know them. Nothing happens if the account has ended."""
    tx.effect(user_id, "server_notices.tell", user_id, key, texts, about)


async def tell_effect(
    tx: Transaction, device: Device | None, user_id: str, key: str, texts: Texts, about: dict[str, object]
) -> None:
    """The effect in the person's shard: which room it is, and what goes there."""
    whom = UserID(user_id)
    account = await accounts.account_of(tx, whom)
    if account is None or account.deactivated_at is not None:
        return
    row = await tx.fetch_one(_PLAN, whom)
    if row is None:
        plan = plan_room(tx)
        # Without a row another notice has made a plan meanwhile: this one runs again and finds it.
        tx.conditional(_ADD, whom, plan.room_id, plan.version, plan.nonce, plan.made_at, otherwise=None)
        await accounts.tag_room(tx, whom, plan.room_id, NOTICE_TAG)
    else:
        plan = Plan(RoomID(row[0]), row[1], row[2], row[3])
    language = await accounts.language_of(tx, whom)
    body = texts[language] if language in texts else _BETWEEN.join(texts.values())
    content = {"msgtype": "m.text", "body": body, "format": "org.matrix.custom.html", "formatted_body": _html(body)}
    tx.effect(plan.room_id, "server_notices.say", whom, msgspec.to_builtins(plan), key, {**about, **content})


async def say(
    tx: Transaction, device: Device | None, user_id: str, plan: dict[str, object], key: str, content: dict[str, object]
) -> None:
    """The effect in the room's shard: the message, once; with the first one the room is made."""
    made, server = msgspec.convert(plan, Plan), server_user(tx.of(Identity).server_name)
    try:
        room = await tx.of(Rooms).enter(tx, made.room_id, server, UserID(user_id))
    except Refused as no:
        if no.code is not Errcode.NOT_FOUND:
            raise
        room = await make_room(tx, made, UserID(user_id))
    sending = Sending(Device(server, DeviceID("server")), "server_notices", key)
    if await sent_before(tx, room, sending) is None:
        await append(tx, room, sender=server, type="m.room.message", content=content, sending=sending)


def _html(text: str) -> str:
    paragraphs = (escape(part).replace("\n", "<br>") for part in text.split("\n\n"))
    return "".join(f"<p>{part}</p>" for part in paragraphs)
