"""What locked and suspended accounts may do. Client-Server API v1.19, "Account moderation".

A *locked* account cannot be used, but its logins stay for the day it is unlocked. The owner of a *suspended* one
reads, verifies devices, keeps up keys, redacts what they said and leaves, and else takes no part. `restrict.py` sets
and lifts both.
"""

from chappe.accounts import register_store
from chappe.accounts.store import Fetches
from chappe.errors import Errcode, Refused
from chappe.http import Route
from chappe.ids import UserID
from chappe.stream import Device, Standing

_LOG_OUT = frozenset({"/_matrix/client/v3/logout", "/_matrix/client/v3/logout/all"})

_V3 = "/_matrix/client/v3"
WHILE_SUSPENDED = _LOG_OUT | {
    f"{_V3}/account/deactivate",
    f"{_V3}/account/password",
    "/_matrix/client/v1/login/get_token",
    "/_matrix/client/unstable/org.matrix.msc3814.v1/dehydrated_device",
    "/_matrix/client/unstable/org.matrix.msc3814.v1/dehydrated_device/{device_id}/events",
    f"{_V3}/delete_devices",
    f"{_V3}/devices/{{device_id}}",
    f"{_V3}/keys/claim",
    f"{_V3}/keys/device_signing/upload",
    f"{_V3}/keys/query",
    f"{_V3}/keys/signatures/upload",
    f"{_V3}/keys/upload",
    f"{_V3}/publicRooms",
    f"{_V3}/pushers/set",
    f"{_V3}/pushrules/global/{{kind}}/{{rule_id}}",
    f"{_V3}/pushrules/global/{{kind}}/{{rule_id}}/actions",
    f"{_V3}/pushrules/global/{{kind}}/{{rule_id}}/enabled",
    f"{_V3}/room_keys/keys",
    f"{_V3}/room_keys/keys/{{room_id}}",
    f"{_V3}/room_keys/keys/{{room_id}}/{{session_id}}",
    f"{_V3}/room_keys/version",
    f"{_V3}/room_keys/version/{{version}}",
    f"{_V3}/rooms/{{room_id}}/forget",
    f"{_V3}/rooms/{{room_id}}/leave",
    f"{_V3}/rooms/{{room_id}}/read_markers",
    f"{_V3}/rooms/{{room_id}}/receipt/{{receipt_type}}/{{event_id}}",
    f"{_V3}/rooms/{{room_id}}/redact/{{event_id}}/{{txn_id}}",
    f"{_V3}/sendToDevice/{{event_type}}/{{txn_id}}",
    f"{_V3}/user/{{user_id}}/account_data/{{data_type}}",
    f"{_V3}/user/{{user_id}}/filter",
    f"{_V3}/user/{{user_id}}/rooms/{{room_id}}/account_data/{{data_type}}",
    f"{_V3}/user/{{user_id}}/rooms/{{room_id}}/tags/{{tag}}",
    f"{_V3}/search",
    f"{_V3}/user_directory/search",
}
"""What a suspended account may ask for besides all that only reads. What is not named here is refused."""


def require_permitted(device: Device, route: Route) -> None:
    """Refuse a device what the standing of its account does not permit."""
    if device.standing is Standing.LOCKED and route.path not in _LOG_OUT:
        raise locked()
    reads = route.method == "GET"
    if device.standing is Standing.SUSPENDED and not reads and route.path not in WHILE_SUSPENDED:
        raise suspended()


async def is_locked(source: Fetches, user_id: UserID) -> bool:
    """Whether an account is locked: its owner is not told what happens, either."""
    account = await register_store.account(source, user_id)
    return account is not None and account.locked_at is not None


def locked() -> Refused:
    """The refusal of everything that the owner of a locked account asks for."""
    return Refused(Errcode.USER_LOCKED, "This account is locked. Ask whoever runs this server why.", soft_logout=True)


def suspended() -> Refused:
    """The refusal of what the owner of a suspended account may not do."""
    return Refused(Errcode.USER_SUSPENDED, "You cannot do this while your account is suspended.")
