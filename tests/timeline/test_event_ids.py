"""Event ids in paths: of the historical shape they are unknown, of no shape at all they are refused."""

from urllib.parse import quote

import pytest

from tests.house import House

pytestmark = pytest.mark.anyio

OF_OLD = ["$abc:localhost", "$15_0:other.example:8448", "$" + "x" * 240 + ":a.example", "$'\";--:localhost"]
OF_NO_SHAPE = ["abc:localhost", "$abc", "$:localhost", "$a b:localhost", "$abc:", "$abc:no host", f"${'x' * 260}:a"]


async def test_an_event_of_old_is_unknown(house: House) -> None:
    alice = await house.person("alice")
    room = quote(await alice.create_room())
    for number, event_id in enumerate(quote(one, safe="") for one in OF_OLD):
        for said in (
            await alice.get(f"/rooms/{room}/event/{event_id}"),
            await alice.get(f"/rooms/{room}/context/{event_id}"),
            await alice.put(f"/rooms/{room}/redact/{event_id}/{number}", {}),
        ):
            assert (said.status, said.errcode) == (404, "M_NOT_FOUND"), said.text


async def test_what_is_no_event_id_is_refused(house: House) -> None:
    alice = await house.person("alice")
    room = quote(await alice.create_room())
    for event_id in (quote(one, safe="") for one in OF_NO_SHAPE):
        said = await alice.get(f"/rooms/{room}/event/{event_id}")
        assert (said.status, said.errcode) == (400, "M_INVALID_PARAM"), said.text
