"""Uploads in several requests: they go on where they were cut off, and are refused with where that is."""

import asyncio
import dataclasses
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from chappe.config import Settings
from chappe.ids import UserID
from chappe.media import Sweeper, Uploads
from chappe.media.begin import MAX_UNFINISHED, MAX_UNFINISHED_BYTES
from tests.house import House, Person, gather_at_once
from tests.media.conftest import UPLOAD, ask, download
from tests.media.test_upload_later import create, put

pytestmark = pytest.mark.anyio

DATA = bytes(range(256)) * 40


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return dataclasses.replace(settings, max_upload_bytes=5_000_000_000, upload_quota_bytes=20_000_000_000)


async def begin(person: Person, address: str, body: Any, length: int | None, *, last: bool = False) -> httpx.Response:
    headers = {"Content-Type": "text/plain", "Upload-Complete": f"?{int(last)}"}
    if length is not None:
        headers["Upload-Length"] = str(length)
    return await ask(person.house, "PUT", f"{UPLOAD}/{address}", person, body, headers, filename="a.txt")


async def go_on(person: Person, address: str, offset: int | str, body: Any, *, last: bool = False) -> httpx.Response:
    headers = {
        "Content-Type": "application/partial-upload",
        "Upload-Offset": str(offset),
        "Upload-Complete": f"?{int(last)}",
    }
    return await ask(person.house, "PATCH", f"{UPLOAD}/{address}", person, body, headers)


async def stands(person: Person, address: str, verb: str = "HEAD") -> httpx.Response:
    return await ask(person.house, verb, f"{UPLOAD}/{address}", person)


def said(answer: httpx.Response) -> tuple[int, str | None, str | None]:
    return answer.status_code, answer.headers.get("upload-offset"), answer.headers.get("upload-complete")


def files(house: House, *inside: str) -> list[Path]:
    folder = house.chappe.settings.data_dir.joinpath("media", *inside)
    return [path for path in folder.rglob("*") if path.is_file()]


async def sha256_of(house: House, address: str) -> bytes:
    media_id = address.partition("/")[2]
    [(digest,)] = await house.chappe.database.fetch("SELECT sha256 FROM media WHERE media_id = $1", media_id)
    return bytes(digest)


async def test_a_file_in_three_parts(house: House) -> None:
    anna, ben = await house.person("anna"), await house.person("ben")
    made = (await anna.post("/_matrix/media/v1/create")).ok()["content_uri"]
    address = made.removeprefix("mxc://")
    answer = await begin(anna, address, DATA[:100], len(DATA))
    assert said(answer) == (201, "100", "?0")
    assert answer.headers["location"] == f"{UPLOAD}/{address}"
    assert answer.headers["upload-length"] == str(len(DATA))
    assert answer.headers["upload-limit"].startswith("max-size=5000000000, max-age=86")
    assert answer.headers["cache-control"] == "no-store"
    for verb in ("HEAD", "GET"):
        answer = await stands(anna, address, verb)
        assert (said(answer), answer.content) == ((204, "100", "?0"), b"")
    assert said(await go_on(anna, address, 100, DATA[100:5000])) == (204, "5000", "?0")
    assert (await download(ben, house, address, timeout_ms=0)).status_code == 504
    answer = await go_on(anna, address, 5000, DATA[5000:], last=True)
    assert (said(answer), answer.json()) == ((200, str(len(DATA)), "?1"), {})

    answer = await download(ben, house, address)
    assert (answer.content, answer.headers["content-type"]) == (DATA, "text/plain")
    assert answer.headers["content-disposition"] == 'inline; filename="a.txt"'
    assert await sha256_of(house, address) == hashlib.sha256(DATA).digest()
    assert said(await stands(anna, address)) == (204, str(len(DATA)), "?1")
    assert len(files(house)) == 1
    assert await house.chappe.database.fetch("SELECT * FROM unfinished_upload") == []


async def test_browsers_may_do_it(house: House) -> None:
    anna = await house.person("anna")
    address = await create(anna)
    asked = await house._client.options(f"{UPLOAD}/{address}")
    assert "PATCH" in asked.headers["access-control-allow-methods"].split(", ")
    allowed = set(asked.headers["access-control-allow-headers"].split(", "))
    assert allowed >= {"Authorization", "Content-Type", "Upload-Offset", "Upload-Complete", "Upload-Length"}
    made = await anna.post("/_matrix/media/v1/create")
    assert made.headers["upload-limit"] == "max-size=5000000000, max-age=86400"
    answers = [
        await begin(anna, address, b"x", 3),
        await stands(anna, address),
        await go_on(anna, address, 0, b"x"),
        await go_on(anna, address, 1, b"xx", last=True),
    ]
    for answer in answers:
        exposed = set(answer.headers["access-control-expose-headers"].split(", "))
        assert exposed >= {"Upload-Offset", "Upload-Complete", "Upload-Length", "Upload-Limit"}, answer
        assert answer.headers["access-control-allow-origin"] == "*"


async def test_another_offset_is_refused_with_the_right_one(house: House) -> None:
    anna = await house.person("anna")
    address = await create(anna)
    await begin(anna, address, DATA[:100], len(DATA))
    for wrong in (0, 99, 101, len(DATA), 10**15 - 1):
        answer = await go_on(anna, address, wrong, b"x")
        assert said(answer) == (409, "100", "?0")
        assert answer.json() == {
            "errcode": "M_INVALID_PARAM",
            "error": "100 bytes have come. Go on there.",
            "upload_offset": 100,
        }
    assert said(await go_on(anna, address, 100, DATA[100:], last=True)) == (200, str(len(DATA)), "?1")
    again = await go_on(anna, address, 100, DATA[100:], last=True)
    assert (again.status_code, again.json()["errcode"]) == (409, "M_CANNOT_OVERWRITE_MEDIA")
    assert (await download(anna, house, address)).content == DATA


async def test_headers_that_say_nothing(house: House) -> None:
    """A field with a value that it cannot have counts as not there."""
    anna = await house.person("anna")
    address = await create(anna)
    answer = await begin(anna, address, b"x", None)
    assert (answer.status_code, answer.json()["errcode"]) == (400, "M_MISSING_PARAM")
    await begin(anna, address, b"x", 3)
    for offset in ("", "-1", "1.0", "?1", "9" * 16, "1, 2", "1 2", "0x1"):
        answer = await go_on(anna, address, offset, b"x")
        assert (answer.status_code, answer.json()["errcode"]) == (400, "M_MISSING_PARAM"), offset
    for complete in ("", "0", "?2", "true"):
        headers = {"Content-Type": "application/partial-upload", "Upload-Offset": "1", "Upload-Complete": complete}
        answer = await ask(house, "PATCH", f"{UPLOAD}/{address}", anna, b"x", headers)
        assert (answer.status_code, answer.json()["errcode"]) == (400, "M_MISSING_PARAM"), complete
    headers = {"Content-Type": "text/plain", "Upload-Offset": "1", "Upload-Complete": "?0"}
    answer = await ask(house, "PATCH", f"{UPLOAD}/{address}", anna, b"x", headers)
    assert (answer.status_code, answer.json()["errcode"]) == (415, "M_INVALID_PARAM")
    assert said(await go_on(anna, address, " 1;a=?1;b ", b"xx", last=True)) == (200, "3", "?1")


async def test_lengths_hold(house: House) -> None:
    """Limits apply to what is declared, before anything is sent; and nothing longer comes in."""
    anna = await house.person("anna")
    address = await create(anna)
    answer = await begin(anna, address, b"", 5_000_000_001)
    assert (answer.status_code, answer.json()["errcode"]) == (413, "M_TOO_LARGE")
    answer = await begin(anna, address, b"xx", 3, last=True)
    assert (answer.status_code, answer.json()["errcode"]) == (400, "M_INVALID_PARAM")
    await begin(anna, address, b"xx", 5)
    assert (await go_on(anna, address, 2, b"1234")).status_code == 413

    async def chunks() -> AsyncIterator[bytes]:
        yield b"12"
        yield b"34"

    assert (await go_on(anna, address, 2, chunks())).status_code == 413
    assert said(await stands(anna, address)) == (204, "4", "?0")
    answer = await go_on(anna, address, 4, b"", last=True)
    assert said(answer) == (409, "4", "?0")

    async def nothing() -> AsyncIterator[bytes]:
        yield b""

    assert said(await go_on(anna, address, 4, nothing(), last=True)) == (409, "4", "?0")
    assert said(await go_on(anna, address, 4, b"3")) == (204, "5", "?0")
    assert said(await go_on(anna, address, 5, b"", last=True)) == (200, "5", "?1")
    assert (await download(anna, house, address)).content == b"xx123"


async def test_whole_and_empty_ones(house: House) -> None:
    anna = await house.person("anna")
    for body in (DATA, b""):
        address = await create(anna)
        assert said(await begin(anna, address, body, None, last=True)) == (200, str(len(body)), "?1")
        assert (await download(anna, house, address)).content == body


async def test_uploads_are_their_makers_own(house: House) -> None:
    anna, ben = await house.person("anna"), await house.person("ben")
    address = await create(anna)
    for answer in (await stands(anna, address), await go_on(anna, address, 0, b"x")):
        assert answer.status_code == 404
    await begin(anna, address, b"x", 3)
    for answer in (
        await stands(ben, address),
        await begin(ben, address, b"x", 3),
        await go_on(ben, address, 1, b"yy", last=True),
        await stands(ben, address, "DELETE"),
    ):
        assert answer.status_code == 403
    await go_on(anna, address, 1, b"xx", last=True)
    assert (await stands(ben, address)).status_code == 403
    for unknown in ("localhost/abc", "elsewhere.example/abc", "localhost/a.b"):
        for answer in (
            await stands(anna, unknown),
            await go_on(anna, unknown, 0, b"x"),
            await stands(anna, unknown, "DELETE"),
        ):
            assert answer.status_code in (400, 404)


async def test_a_newer_request_takes_over(house: House) -> None:
    """Two that append at once: the newer one goes on behind what the older one has brought, which is told so."""
    anna, ben = await house.person("anna"), await house.person("ben")
    address = await create(anna)
    await begin(anna, address, DATA[:100], len(DATA))
    never = asyncio.Event()

    async def stalls() -> AsyncIterator[bytes]:
        yield DATA[100:200]
        await never.wait()

    older = asyncio.create_task(go_on(anna, address, 100, stalls(), last=True))
    uploads = house.chappe.resources.of(Uploads)
    while not uploads.has_any_of(UserID(anna.user_id)):  # noqa: ASYNC110  # it is on its way
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.1)
    for answer in (  # somebody else's request is not a newer one
        await stands(ben, address),
        await begin(ben, address, b"", 1),
        await go_on(ben, address, 200, b""),
        await stands(ben, address, "DELETE"),
    ):
        assert answer.status_code == 403
    assert not older.done()
    assert said(await stands(anna, address)) == (204, "200", "?0")
    assert said(await older) == (409, "200", "?0")
    assert said(await go_on(anna, address, 200, DATA[200:], last=True)) == (200, str(len(DATA)), "?1")
    assert (await download(anna, house, address)).content == DATA
    assert await sha256_of(house, address) == hashlib.sha256(DATA).digest()


async def test_of_many_at_once_one_completes_it(house: House) -> None:
    anna = await house.person("anna")
    address = await create(anna)
    await begin(anna, address, b"", 400_000)
    bodies = [b"%d" % number * 400_000 for number in range(9)]
    answers = await gather_at_once(*[go_on(anna, address, 0, body, last=True) for body in bodies])
    statuses = [answer.status_code for answer in answers]
    assert sorted(set(statuses)) == [200, 409]
    assert statuses.count(200) == 1
    content = (await download(anna, house, address)).content
    assert content == bodies[statuses.index(200)]
    assert await sha256_of(house, address) == hashlib.sha256(content).digest()
    assert len(files(house)) == 1


async def test_beginning_anew(house: House) -> None:
    anna = await house.person("anna")
    address = await create(anna)
    await begin(anna, address, b"abc", 10)
    assert said(await begin(anna, address, b"xy", 3)) == (201, "2", "?0")
    assert len(files(house)) == 1
    await go_on(anna, address, 2, b"z", last=True)
    assert (await download(anna, house, address)).content == b"xyz"


async def test_a_whole_file_takes_the_place_of_parts(house: House) -> None:
    """uploadContentToMXC, as the specification has it, where an upload was begun in parts."""
    anna = await house.person("anna")
    address = await create(anna)
    await begin(anna, address, b"abc", 10)
    assert (await put(anna, address, b"whole")).json() == {}
    assert (await download(anna, house, address)).content == b"whole"
    await house.chappe.resources.of(Sweeper).sweep()
    assert len(files(house)) == 1
    assert (await go_on(anna, address, 3, b"d")).json()["errcode"] == "M_CANNOT_OVERWRITE_MEDIA"


async def test_nobody_has_very_many(house: House) -> None:
    """The number and the declared length together are limited, whoever asks at the same time."""
    anna, ben = await house.person("anna"), await house.person("ben")
    addresses = [await create(anna) for _ in range(MAX_UNFINISHED + 2)]
    for address in addresses[:MAX_UNFINISHED]:
        assert (await begin(anna, address, b"", 10)).status_code == 201
    answers = await gather_at_once(*[begin(anna, address, b"", 10) for address in addresses[MAX_UNFINISHED:]])
    assert [(answer.status_code, answer.json()["errcode"]) for answer in answers] == [(429, "M_LIMIT_EXCEEDED")] * 2
    assert len(files(house)) == MAX_UNFINISHED
    assert (await begin(anna, addresses[0], b"", 20)).status_code == 201
    await stands(anna, addresses[1], "DELETE")
    assert (await begin(anna, addresses[-1], b"", 10)).status_code == 201

    long, other = await create(ben), await create(ben)
    assert (await begin(ben, long, b"", MAX_UNFINISHED_BYTES + 1)).status_code == 201
    assert (await begin(ben, other, b"", 1)).status_code == 429
    await stands(ben, long, "DELETE")
    assert (await begin(ben, other, b"", 1)).status_code == 201


async def test_what_is_declared_counts_to_the_quota(house: House) -> None:
    anna = await house.person("anna")
    object.__setattr__(house.chappe.resources.of(Uploads), "_quota_bytes", 1000)
    address, other = await create(anna), await create(anna)
    answer = await begin(anna, address, b"", 1001)
    assert (answer.status_code, answer.json()["errcode"]) == (403, "M_FORBIDDEN")
    assert (await begin(anna, address, b"", 900)).status_code == 201
    assert (await begin(anna, other, b"", 101)).status_code == 403
    assert (await put(anna, other, b"x" * 101)).status_code == 403
    assert (await put(anna, other, b"x" * 100)).status_code == 200
    assert said(await go_on(anna, address, 0, b"x" * 900, last=True)) == (200, "900", "?1")
    assert await upload_is_refused(anna)


async def upload_is_refused(person: Person) -> bool:
    answer = await ask(person.house, "POST", UPLOAD, person, b"x")
    return answer.status_code == 403
