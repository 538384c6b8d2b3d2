"""Addresses that are given out before the file is there."""

import asyncio
from typing import Any

import httpx
import pytest

from chappe.media import Sweeper
from chappe.media.add import MAX_RESERVED, RESERVED_MS
from tests.house import House, Person, gather_at_once
from tests.media.conftest import UPLOAD, ask, download

pytestmark = pytest.mark.anyio

CREATE = "/_matrix/media/v1/create"


async def create(person: Person) -> str:
    made = (await person.post(CREATE)).ok()
    assert made["unused_expires_at"] > person.house.clock.ms
    return str(made["content_uri"]).removeprefix("mxc://")


async def put(person: Person, address: str, body: Any) -> httpx.Response:
    return await ask(person.house, "PUT", f"{UPLOAD}/{address}", person, body, {"Content-Type": "text/plain"})


async def test_a_file_comes_after_its_address(house: House) -> None:
    """createContent, uploadContentToMXC."""
    anna, ben = await house.person("anna"), await house.person("ben")
    address = await create(anna)
    answer = await download(ben, house, address, timeout_ms=0)
    assert (answer.status_code, answer.json()["errcode"]) == (504, "M_NOT_YET_UPLOADED")
    assert (await put(anna, address, b"here")).json() == {}
    answer = await download(ben, house, address)
    assert (answer.content, answer.headers["content-type"]) == (b"here", "text/plain")


async def test_who_asks_too_early_waits_until_it_is_there(house: House) -> None:
    """getContentAuthed with timeout_ms."""
    anna, ben = await house.person("anna"), await house.person("ben")
    address = await create(anna)
    waiting = asyncio.create_task(download(ben, house, address, timeout_ms=30_000))
    in_vain = asyncio.create_task(download(ben, house, await create(anna), timeout_ms=200))
    await asyncio.sleep(0.1)
    assert not waiting.done()
    await put(anna, address, b"here")
    assert (await waiting).content == b"here"
    assert (await in_vain).status_code == 504


async def test_of_fifty_who_upload_at_once_one_does(house: House) -> None:
    """uploadContentToMXC: M_CANNOT_OVERWRITE_MEDIA; what was kept is what the one that was told so has sent."""
    anna = await house.person("anna")
    address = await create(anna)
    bodies = [b"%d" % number * 100_000 for number in range(50)]
    answers = list[httpx.Response]()
    left = bodies
    while left:
        some, left = left[:10], left[10:]
        answers += await gather_at_once(*[put(anna, address, body) for body in some])
    [winner] = [number for number, answer in enumerate(answers) if answer.status_code == 200]
    refused = {(answer.status_code, answer.json()["errcode"]) for answer in answers if answer.status_code != 200}
    assert refused == {(409, "M_CANNOT_OVERWRITE_MEDIA")}
    assert (await download(anna, house, address)).content == bodies[winner]
    files = [path for path in (house.chappe.settings.data_dir / "media").rglob("*") if path.is_file()]
    assert len(files) == 1


async def test_fifty_uploads_at_the_same_moment(house: House) -> None:
    """uploadContentToMXC: all fifty at the same moment; those beyond the number allowed at once are told to wait."""
    anna = await house.person("anna")
    address = await create(anna)
    answers = await gather_at_once(*[put(anna, address, b"%d" % number) for number in range(50)])
    statuses = [answer.status_code for answer in answers]
    assert statuses.count(200) == 1
    assert set(statuses) <= {200, 409, 429}


async def test_addresses_are_their_makers_own(house: House) -> None:
    anna, ben = await house.person("anna"), await house.person("ben")
    address = await create(anna)
    answer = await put(ben, address, b"x")
    assert (answer.status_code, answer.json()["errcode"]) == (403, "M_FORBIDDEN")
    for unknown in ("localhost/abc", "elsewhere.example/abc"):
        answer = await put(anna, unknown, b"x")
        assert (answer.status_code, answer.json()["errcode"]) == (404, "M_NOT_FOUND")
    assert (await put(anna, "localhost/a.b", b"x")).status_code == 400


async def test_an_address_expires(house: House) -> None:
    anna = await house.person("anna")
    address = await create(anna)
    house.clock.advance(RESERVED_MS / 1000 + 1)
    answer = await put(anna, address, b"x")
    assert (answer.status_code, answer.json()["errcode"]) == (404, "M_NOT_FOUND")
    assert (await download(anna, house, address)).status_code in (404, 504)
    await house.chappe.resources.of(Sweeper).sweep()
    assert await house.chappe.database.fetch("SELECT * FROM reserved_media") == []
    assert (await download(anna, house, address)).status_code == 404


async def test_nobody_has_very_many_addresses(house: House) -> None:
    """createContent: the number of pending uploads is limited, whoever asks at the same time."""
    anna, ben = await house.person("anna"), await house.person("ben")
    answers = await gather_at_once(*[anna.post(CREATE) for _ in range(MAX_RESERVED + 20)])
    assert sorted(answer.status for answer in answers) == [200] * MAX_RESERVED + [429] * 20
    await create(ben)
    await put(anna, next(a.json["content_uri"] for a in answers if a.status == 200).removeprefix("mxc://"), b"x")
    await create(anna)
