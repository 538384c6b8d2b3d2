"""What locked and suspended accounts may do. Client-Server API v1.19, "Account moderation".

A *locked* account cannot be used, but its logins stay for the day it is unlocked. The owner of a *suspended* one
reads, verifies devices, keeps up keys, redacts what they said and leaves, and else takes no part. `restrict.py` sets
and lifts both; so do decisions, which also limit and terminate accounts (`chappe/restrictions`).
"""

from chappe.accounts import register_store
from chappe.accounts.store import Fetches
from chappe.errors import Errcode, Refused
from chappe.http import Route
from chappe.ids import UserID
from chappe.restrictions import KEY, Measure, Restrictions, limited, standing_refused, told_of
from chappe.stream import Device, Standing

_LOG_OUT = frozenset({"/_matrix/client/v3/logout", "/_matrix/client/v3/logout/all"})

_SHUT_OUT = (Measure.TERMINATED, Measure.LOCKED)
_STRICTEST_FIRST = (*_SHUT_OUT, Measure.SUSPENDED, Measure.LIMITED)
_STANDINGS = {
    Measure.LOCKED: Standing.LOCKED,
    Measure.SUSPENDED: Standing.SUSPENDED,
    Measure.LIMITED: Standing.LIMITED,
}

_V3 = "/_matrix/client/v3"
_NOT_WHILE_LIMITED = frozenset({f"{_V3}/createRoom", f"{_V3}/rooms/{{room_id}}/upgrade"})
"""What a limited account may not do beside inviting and knocking, which `rooms/obey.py` refuses."""
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
    "/_chappe/client/v1/safety/decisions/{decision_id}/complaint",  # Art. 20 DSA: whom it restricts contests it
}
"""What a suspended account may ask for besides all that only reads. What is not named here is refused."""


async def standing_of(source: Fetches, restrictions: Restrictions, user_id: UserID) -> Standing:
    """What an account may do now: by what operators set, or by a decision, the stricter of both.

    Refuses (UNKNOWN_TOKEN, softly) who asks for an account that was terminated.
    """
    by_decision = await restrictions.on_account(user_id, _STRICTEST_FIRST)
    if by_decision is not None and by_decision.measure is Measure.TERMINATED:
        raise standing_refused(by_decision)
    standing = _STANDINGS[by_decision.measure] if by_decision is not None else Standing.GOOD
    account = await register_store.account(source, user_id)
    if account is None or standing is Standing.LOCKED:
        return standing
    if account.locked_at is not None:
        return Standing.LOCKED
    return standing if account.suspended_at is None else Standing.SUSPENDED


async def require_permitted(restrictions: Restrictions, device: Device, route: Route) -> None:
    """Refuse a device what the standing of its account does not permit."""
    match device.standing:
        case Standing.LOCKED if route.path not in _LOG_OUT:
            by_decision = await restrictions.on_account(device.user_id, (Measure.LOCKED,))
            raise standing_refused(by_decision) if by_decision is not None else locked()
        case Standing.SUSPENDED if route.method != "GET" and route.path not in WHILE_SUSPENDED:
            by_decision = await restrictions.on_account(device.user_id, (Measure.SUSPENDED,))
            raise standing_refused(by_decision) if by_decision is not None else suspended()
        case Standing.LIMITED if route.path in _NOT_WHILE_LIMITED:
            by_decision = await restrictions.on_account(device.user_id, (Measure.LIMITED,))
            if by_decision is not None:
                raise limited(by_decision)


async def is_locked(source: Fetches, restrictions: Restrictions, user_id: UserID) -> bool:
    """Whether an account is locked or terminated: its owner is not told what happens, either."""
    if await restrictions.on_account(user_id, _SHUT_OUT) is not None:
        return True
    account = await register_store.account(source, user_id)
    return account is not None and account.locked_at is not None


async def require_not_shut_out(restrictions: Restrictions, user_id: UserID) -> None:
    """Refuse a login to the owner of an account that a decision has locked or terminated."""
    by_decision = await restrictions.on_account(user_id, _SHUT_OUT)
    if by_decision is not None:
        refused = standing_refused(by_decision)
        if by_decision.measure is Measure.TERMINATED:  # there is no token yet that would be unknown
            refused = Refused(Errcode.RESTRICTED, refused.reason)
            refused.details[KEY] = told_of(by_decision)
        raise refused


def locked() -> Refused:
    """The refusal of everything that the owner of a locked account asks for."""
    return Refused(Errcode.USER_LOCKED, "This account is locked. Ask whoever runs this server why.", soft_logout=True)


def suspended() -> Refused:
    """The refusal of what the owner of a suspended account may not do."""
    return Refused(Errcode.USER_SUSPENDED, "You cannot do this while your account is suspended.")
