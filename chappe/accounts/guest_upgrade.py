"""A guest becomes a member: the same user id, in the same rooms, with a password (v1.19, "Guest Access")."""

import msgspec

from chappe.accounts import register_store, store
from chappe.accounts.log_out import end_devices
from chappe.accounts.login import add_login
from chappe.accounts.records import NewAccount, NewLogin
from chappe.accounts.register import give_email, token_used_up
from chappe.accounts.tokens import Tokens
from chappe.errors import Errcode, Refused
from chappe.http import Request
from chappe.ids import UserID, localpart_of
from chappe.stream import Device, Transaction


async def guest_of(request: Request, token: str, username: str | None) -> UserID:
    """The guest whose access token it is; refused (FORBIDDEN) unless `username` is the guest's name."""
    try:
        device = await request.of(Tokens).authenticate(token)
    except Refused:
        raise _no_guest() from None
    if not device.is_guest:
        raise _no_guest()
    if username is None:
        raise Refused(
            Errcode.MISSING_PARAM, f"username is missing: a guest keeps theirs, {localpart_of(device.user_id)}."
        )
    if username != localpart_of(device.user_id):
        raise Refused(Errcode.FORBIDDEN, f"username is not this guest's: they keep {localpart_of(device.user_id)}.")
    return device.user_id


async def upgrade_guest(
    tx: Transaction, device: Device | None, new: NewAccount, login: NewLogin | None, registration_token: str | None
) -> None:
    """Make a guest's account a member's, in the register. Uses one use of the registration token, if given.

    The guest's devices end, but the one that `login` logs in anew.
    """
    if registration_token is not None:
        register_store.use_registration_token(tx, registration_token, otherwise=token_used_up())
    await give_email(tx, new)
    register_store.make_member(tx, new, otherwise=_no_guest())
    for policy, version in new.accepted_terms:
        register_store.add_accepted_terms(tx, new.user_id, policy, version)
    stored = msgspec.to_builtins(login) if login is not None else None
    tx.effect(new.user_id, "accounts.end_guest", new.user_id, stored, awaited=True)


async def end_guest(tx: Transaction, device: Device | None, user_id: str, login: dict[str, object] | None) -> None:
    """The effect in the person's shard: what a guest's token could do ends, and the member's first login begins."""
    member = UserID(user_id)
    new = msgspec.convert(login, NewLogin) if login is not None else None
    kept = new.device_id if new is not None else ""
    await end_devices(tx, member, [row[0] for row in await store.devices(tx, member) if row[0] != kept])
    if new is not None:
        await add_login(tx, member, new, is_guest=False)


def _no_guest() -> Refused:
    return Refused(Errcode.FORBIDDEN, "guest_access_token is not the access token of a guest here.")
