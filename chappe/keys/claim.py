"""Giving out one-time keys, each to one who asks and never again (Client-Server API v1.19, /keys/claim)."""

import msgspec

from chappe.ids import UserID
from chappe.keys import store
from chappe.keys.counts import KeyCounts
from chappe.storage import Outcome
from chappe.stream import Device, Transaction

Claimed = dict[str, dict[str, msgspec.Raw]]
"""Keys by device, then by `algorithm:key_id`."""


async def claim_keys(tx: Transaction, device: Device, user_id: UserID, wanted: dict[str, str]) -> Claimed:
    """One key of the wanted algorithm for each device of a person: its oldest one-time key, else its fallback key.

    Devices that have neither are left out. The claim is decided at the flush: who comes too late is told by the
    row that is not there any more, and the act runs again.
    """
    answer: Claimed = {}
    claimed: list[tuple[str, str, Outcome]] = []
    left = await store.claimable(tx, user_id, list(wanted))
    for device_id, algorithm in wanted.items():
        if (device_id, algorithm) in left:
            claimed.append((device_id, algorithm, store.claim(tx, user_id, device_id, algorithm)))
        elif any(row[0] == algorithm for row in await store.fallback_keys(tx, user_id, device_id)):
            claimed.append((device_id, algorithm, store.use_fallback(tx, user_id, device_id, algorithm)))

    def give_out() -> None:
        for device_id, algorithm, outcome in claimed:
            answer[device_id] = {f"{algorithm}:{outcome.row[0]}": msgspec.Raw(outcome.row[1])}
        tx.of(KeyCounts).forget(user_id)

    tx.after_commit(give_out)
    return answer
