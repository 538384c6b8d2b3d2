"""Positions count up without gaps, whatever fails between them."""

import asyncio

import pytest

from chappe.errors import Errcode, Refused
from chappe.storage import Conflict
from chappe.stream import Device, Transaction, position_at
from tests.stream.conftest import ADD, NAMES, Post

pytestmark = pytest.mark.anyio

NEVER = "UPDATE ticket SET left_over = 0 WHERE name = 'there is none' RETURNING name"


async def add(tx: Transaction, device: Device | None, name: str) -> None:
    tx.append(ADD, tx.place("!room:test"), name, b"")
    if name.startswith("refused"):
        tx.conditional(NEVER, otherwise=Refused(Errcode.FORBIDDEN, "It does not hold."))


@pytest.mark.parametrize("fails", ["refused", "taken"])
async def test_the_place_of_a_unit_that_fails_is_given_to_the_next(post: Post, fails: str) -> None:
    await post.call(7, add, "taken")
    names = ("a", fails, "b", fails, fails, "c")
    results = await asyncio.gather(*(post.call(7, add, name) for name in names), return_exceptions=True)
    assert [isinstance(result, Refused | Conflict) for result in results] == [name == fails for name in names]
    await post.call(7, add, "d")
    rows = await post.database.fetch(NAMES)
    assert [(row[1], position_at(row[0])) for row in rows] == [("taken", 1), ("a", 2), ("b", 3), ("c", 4), ("d", 5)]
    assert post.log.heads[7] == 5
