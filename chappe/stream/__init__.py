"""The ordered log: 256 shards and a register, units of work on their way into it, and who waits for it.

`Command` and `Bus` carry a write to its shard; `Transaction` is what an act writes with; `Writer`
commits in groups; `Log` knows the heads that readers may see; `Outbox` applies effects in other shards;
`Reader` follows at its own pace. Tables: shard, outbox, applied, reader, history.
"""

from chappe.stream.bus import InProcessBus
from chappe.stream.command import Bus, Command, Device, Standing
from chappe.stream.log import Log, Watcher
from chappe.stream.outbox import Effect, Outbox
from chappe.stream.readers import Reader
from chappe.stream.shards import REGISTER, SHARDS, Place, Shard, place, position_at, shard_at, shard_of
from chappe.stream.transaction import Entered, Transaction
from chappe.stream.writer import Writer

__all__ = [
    "REGISTER",
    "SHARDS",
    "Bus",
    "Command",
    "Device",
    "Effect",
    "Entered",
    "InProcessBus",
    "Log",
    "Outbox",
    "Place",
    "Reader",
    "Shard",
    "Standing",
    "Transaction",
    "Watcher",
    "Writer",
    "place",
    "position_at",
    "shard_at",
    "shard_of",
]
