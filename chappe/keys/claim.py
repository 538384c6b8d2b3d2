"""Giving out one-time keys, each to one who asks and never again (Client-Server API v1.19, /keys/claim)."""

import msgspec

from chappe.ids import UserID
from chappe.keys import store
from chappe.keys.counts import KeyCounts
from chappe.stream import Device, Transaction

Claimed = dict[str, dict[str, msgspec.Raw]]
"""Keys by device, then by `algorithm:key_id`."""


async def claim_keys(tx: Transaction, device: Device, user_id: UserID, wanted: dict[str, str]) -> Claimed:
    """One key of the wanted algorithm for each device of a person: its oldest one-time key, else its fallback key.

    Devices that have neither are left out. Which key it is turns out at the flush.
    """
    answer: Claimed = {}
    known = await store.devices_with_keys(tx, user_id, list(wanted))
    claims = [
        (device_id, wanted[device_id], store.claim(tx, user_id, device_id, wanted[device_id])) for device_id in known
    ]

    def give_out() -> None:
        have_less = []
        for device_id, algorithm, outcome in claims:
            key_id, key, fallback_id, fallback, was_used = outcome.row
            is_news = key_id is not None or was_used == 0
            if key_id is None:
                key_id, key = fallback_id, fallback
            if key_id is not None:
                answer[device_id] = {f"{algorithm}:{key_id}": msgspec.Raw(key)}
            if is_news:
                have_less.append(device_id)
        if have_less:
            tx.of(KeyCounts).claimed(user_id, have_less)

    tx.after_commit(give_out)
    return answer
