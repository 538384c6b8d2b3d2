"""Whoever files a notice may have named anybody's mail address: what is written to it has an end."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chappe.app import Chappe
from chappe.moderation.claim import claim
from chappe.moderation.decide import decide
from chappe.moderation.file import file
from chappe.moderation.records import Filed, Item
from chappe.moderation.tell import MOST_BY_MAIL
from chappe.moderation.verdict import Verdict
from chappe.moderation.words import Door, ItemKind
from chappe.operators import Role
from tests.conftest import make_settings
from tests.house import CHEAP, Clock, House
from tests.moderation.conftest import Desk
from tests.operators.conftest import Office

pytestmark = pytest.mark.anyio

RELAY = '{ host = "127.0.0.1", port = 9, tls = "none", from_address = "chat@example.org" }'
NOTICE = Filed(Door.NOTICE, "It is unlawful.", name="Somebody", email="Victim@example.org", good_faith=True)


async def _letters(desk: Desk) -> int:
    rows = await desk.database.fetch("SELECT recipient FROM outgoing_mail")
    return [row[0] for row in rows].count("victim@example.org")


async def test_notices_in_somebodys_name_do_not_flood_their_mail(
    tmp_path: Path, open_database: Callable[[], Any]
) -> None:
    clock = Clock()
    chappe = await Chappe.open(make_settings(tmp_path, mail=RELAY), clock, await open_database(), CHEAP)
    desk = Desk(Office(House(chappe, clock)))
    items = [Item(ItemKind.EVENT, f"${at:043}", "!room:localhost", "@ada:localhost") for at in range(MOST_BY_MAIL + 9)]
    for item in items:
        await desk.act(None, file, item, NOTICE)
    assert await _letters(desk) == MOST_BY_MAIL
    assert len(await desk.cases()) == len(items), "each of them is looked at"
    mia = await desk.office.staff("mia", Role.MODERATOR)
    await desk.act(mia, claim, 1)
    await desk.act(mia, decide, 1, Verdict("Nothing is wrong with it."))
    await chappe.teller.tell_all()
    assert await _letters(desk) == MOST_BY_MAIL + 1, "what a person decides is told"
    await desk.act(None, file, items[0], NOTICE)
    await chappe.teller.tell_all()
    assert await _letters(desk) == MOST_BY_MAIL + 1, "what was judged already is not"
    clock.advance(86_400 + 1)
    await desk.act(None, file, items[-1], NOTICE)
    assert await _letters(desk) >= 1
    await desk.house.close()
