"""Setting and removing pushers. Client-Server API v1.19, "POST /pushers/set"."""

from chappe.ids import UserID
from chappe.push import store
from chappe.push.holders import Holders
from chappe.push.pushers import MAX_PUSHERS
from chappe.stream import Device, Transaction


async def set_pusher(
    tx: Transaction,
    device: Device,
    app_id: str,
    pushkey: str,
    texts: tuple[str, str, str | None, str],
    data: bytes,
    append: bool,
) -> None:
    """Set a pusher of the device's owner. Others who have one with the same keys lose it, unless `append`:
    it is the same app on the same phone, and somebody else has logged in there.
    """
    user_id = device.user_id
    store.put_pusher(tx, (user_id, app_id, pushkey), str(device.device_id), texts, data, MAX_PUSHERS)
    if not append:
        for other in await store.others_with(tx, app_id, pushkey, user_id):
            tx.effect(other, "push.remove_pusher", other, app_id, pushkey)
    _tell(tx, user_id)


async def remove_pusher(tx: Transaction, device: Device | None, user_id: str, app_id: str, pushkey: str) -> None:
    """Remove a pusher, if it is there."""
    store.remove_pusher(tx, (UserID(user_id), app_id, pushkey))
    _tell(tx, UserID(user_id))


async def forget_devices(tx: Transaction, user_id: UserID, device_ids: list[str]) -> None:
    """What the end of devices does: their pushers go."""
    store.remove_pushers_of_gone(tx, user_id)
    _tell(tx, user_id)


def _tell(tx: Transaction, user_id: UserID) -> None:
    tx.after_commit(lambda: tx.of(Holders).changed(user_id))
