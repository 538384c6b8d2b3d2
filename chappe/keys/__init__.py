"""Keys for encryption from end to end: what devices and people publish, and what others claim and verify.

The server stores public keys and signatures and gives them out; it can decrypt nothing. A *device key* names a
device, a *one-time key* begins one conversation and is given out once, a *fallback key* stands in when none is
left. *Cross-signing keys* are a person's: with them they vouch for their devices and for other people.

`upload.py` `claim.py` `query.py` a device's keys, published, claimed, told · `told.py` what is told, kept as bytes ·
`cross_sign.py` `sign.py` a person's keys and signatures · `spread.py` telling the rooms that keys changed, `changes.py`
`news.py` `counts.py` what /sync says of it · `devices_gone.py` keys end with their device · `rules.py` pure ·
`store.py` the SQL of all this.
`to_device.py` `inboxes.py` messages from device to device · `backup.py` `restore.py` the encrypted backup of room keys
· `dehydrated.py` a device that waits for its person's next login · `routes….py` the endpoints.

Tables, in the user's shard: device_keys, one_time_key, fallback_key, cross_signing_key, key_signature,
device_list, to_device_message, to_device_request, key_backup, backed_up_key, dehydrated_device; in the room's:
device_list_change.
"""

from chappe.accounts import Deactivated, DeviceRenamed, DevicesGone
from chappe.holds import Eraser
from chappe.http import Routes
from chappe.keys import backup, devices_gone, spread, to_device
from chappe.keys.changes import DeviceLists, KeyChanges, Range
from chappe.keys.inboxes import Inboxes
from chappe.keys.routes import routes as _device_keys
from chappe.keys.routes_backup import routes as _backup
from chappe.keys.routes_dehydrated import routes as _dehydrated
from chappe.keys.routes_to_device import routes as _to_device
from chappe.keys.told import ToldKeys
from chappe.resources import Resources
from chappe.rooms import Joined
from chappe.stream import Effect

ROUTES = Routes(_device_keys, _to_device, _backup, _dehydrated)
EFFECTS: dict[str, Effect] = {
    "keys.deliver": to_device.deliver,
    "keys.erase_backup": backup.erase_some,
    "keys.spread": spread.spread,
    "keys.note_changes": spread.note_changes,
}
SHAPES: dict[str, object] = {"keys.deliver": to_device.DELIVERED}
ERASERS: dict[str, Eraser] = {
    backup.BACKUP: backup.erase_backup,
    devices_gone.CROSS_SIGNING: devices_gone.erase_cross_signing,
}


def install(resources: Resources) -> None:
    """Have keys go with their devices and accounts, and add what this slice keeps in memory."""
    changes = resources.of(KeyChanges)
    resources.add(changes.news)
    resources.add(changes.counts)
    resources.add(changes.told)
    resources.of(DevicesGone).extend((devices_gone.on_devices_gone, to_device.forget_devices))
    resources.of(DeviceRenamed).append(devices_gone.on_device_renamed)
    resources.of(Deactivated).extend((devices_gone.on_deactivated, backup.delete_backups))
    resources.of(Joined).append(spread.on_joined)


__all__ = [
    "EFFECTS",
    "ERASERS",
    "ROUTES",
    "SHAPES",
    "DeviceLists",
    "Inboxes",
    "KeyChanges",
    "Range",
    "ToldKeys",
    "install",
]
