"""Keys for encryption from end to end: what devices and people publish, and what others claim and verify.

The server stores public keys and signatures and gives them out; it can decrypt nothing. A *device key* names a
device, a *one-time key* begins one conversation and is given out once, a *fallback key* stands in when none is
left. *Cross-signing keys* are a person's: with them they vouch for their devices and for other people.

Tables, in the user's shard: device_keys, one_time_key, fallback_key, cross_signing_key, key_signature,
device_list, to_device_message, to_device_request; in the room's: device_list_change.
"""

from chappe.accounts import DevicesGone
from chappe.holds import Eraser
from chappe.http import Routes
from chappe.keys import to_device
from chappe.keys.inboxes import Inboxes
from chappe.keys.routes import routes as _device_keys
from chappe.keys.routes_to_device import routes as _to_device
from chappe.resources import Resources
from chappe.stream import Effect

ROUTES = Routes(_device_keys, _to_device)
EFFECTS: dict[str, Effect] = {"keys.deliver": to_device.deliver}
ERASERS: dict[str, Eraser] = {}


def install(resources: Resources) -> None:
    """Have keys go with their devices and accounts, and add what this slice keeps in memory."""
    resources.of(DevicesGone).append(to_device.forget_devices)


__all__ = ["EFFECTS", "ERASERS", "ROUTES", "Inboxes", "install"]
