"""What is known of an account besides what its owner shows: its addresses and its devices."""

import msgspec

from chappe.accounts import emails_store, register_store, store
from chappe.ids import UserID


class KnownDevice(msgspec.Struct, frozen=True):
    """A device, and when it was last seen."""

    device_id: str
    display_name: str | None
    last_seen_at: int | None


class Known(msgspec.Struct, frozen=True):
    """What is known of an account. Times are milliseconds since 1970."""

    user_id: str
    created_at: int
    deactivated_at: int | None
    emails: list[str]
    devices: list[KnownDevice]


async def known_of(source: store.Fetches, user_id: UserID) -> Known | None:
    """What is known of an account of this server, for staff who may know it; None of any other."""
    account = await register_store.account(source, user_id)
    if account is None:
        return None
    emails = [row[0] for row in await emails_store.addresses(source, user_id)]
    devices = [KnownDevice(*row) for row in await store.devices(source, user_id)]
    return Known(user_id, account.created_at, account.deactivated_at, emails, devices)
