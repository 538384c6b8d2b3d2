"""Answers that are large: they count for more, and a person is given few of them at once."""

from pathlib import Path

import pytest

from chappe.app import Chappe
from chappe.config import load
from tests.house import Clock, House

pytestmark = pytest.mark.anyio


async def test_large_answers_count_as_many_reads(tmp_path: Path) -> None:
    settings = load(None, {}, {"data_dir": str(tmp_path), "registration": "open"})
    clock = Clock()
    house = House(await Chappe.open(settings, clock), clock)
    try:
        ann = await house.person("ann")
        for number in range(40):
            content = {"text": "x" * 60_000}
            (await ann.put(f"/user/{ann.user_id}/account_data/org.example.{number}", content)).ok()
        clock.advance(600)
        statuses = [(await ann.get("/sync")).status for _ in range(40)]
        assert statuses[0] == 200
        allowed = statuses.count(200)
        assert allowed <= 300 // (40 * 60_000 // 65_536) + 2, "the burst of reads, at 36 reads an answer"
        refused = await ann.get("/sync")
        assert (refused.status, refused.errcode) == (429, "M_LIMIT_EXCEEDED")
        clock.advance(60)
        assert (await ann.get("/sync")).status == 200
    finally:
        await house.close()
