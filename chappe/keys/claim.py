"""Giving out one-time keys, each to one who asks and never again (Client-Server API v1.19, /keys/claim)."""

import msgspec

from chappe.ids import UserID
from chappe.keys import store
from chappe.keys.counts import KeyCounts
from chappe.stream import Device, Transaction

Claimed = dict[str, dict[str, msgspec.Raw]]
"""Keys by device, then by `algorithm:key_id`."""
Wanted = dict[UserID, dict[str, str]]
"""The algorithm, by person and device."""


async def claim_keys(tx: Transaction, device: Device, wanted: Wanted) -> dict[UserID, Claimed]:
    """One key of each device of people of one shard: its oldest one-time key, else its fallback key.

    Devices that have neither are left out. Which key it is turns out at the flush.
    """
    answer: dict[UserID, Claimed] = {}
    claims = [
        (user_id, algorithm, store.claim(tx, user_id, algorithm, device_ids))
        for user_id, devices in wanted.items()
        for algorithm, device_ids in _by_algorithm(devices).items()
    ]

    def give_out() -> None:
        counts = tx.of(KeyCounts)
        for user_id, algorithm, (one_time_keys, fallback_keys) in claims:
            have_less = set()
            for device_id, key_id, key, times_used in one_time_keys.rows + fallback_keys.rows:
                answer.setdefault(user_id, {})[device_id] = {f"{algorithm}:{key_id}": msgspec.Raw(key)}
                if times_used == 1:
                    have_less.add(device_id)
            if have_less:
                counts.claimed(user_id, have_less)

    tx.after_commit(give_out)
    return answer


def _by_algorithm(devices: dict[str, str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for device_id, algorithm in devices.items():
        found.setdefault(algorithm, []).append(device_id)
    return found
