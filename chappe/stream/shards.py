"""The 256 shards, the register, and places in them.

A room belongs to a shard by hash of its id, a user's own stream by hash of the user id. What is unique
or global (user names, aliases, orders) lives in the register, which counts positions like a shard.
A *place* is a shard and a position in one 64-bit integer, so that one column and one index order both.
"""

from hashlib import blake2b
from typing import NewType

Shard = NewType("Shard", int)
Place = NewType("Place", int)

SHARDS = 256
REGISTER = Shard(256)
POSITION_BITS = 40
"""A shard can hold 2^40 entries: 1,000 a second for 34 years."""
_POSITION_MASK = (1 << POSITION_BITS) - 1


def shard_of(identifier: str) -> Shard:
    """The shard of a room id or a user id. It never changes: it is part of what is stored."""
    return Shard(blake2b(identifier.encode(), digest_size=1).digest()[0])


def place(shard: Shard, position: int) -> Place:
    """The place of `position` in `shard`."""
    return Place((shard << POSITION_BITS) | position)


def shard_at(at: Place) -> Shard:
    """The shard of a place."""
    return Shard(at >> POSITION_BITS)


def position_at(at: Place) -> int:
    """The position of a place within its shard, from 1."""
    return at & _POSITION_MASK
