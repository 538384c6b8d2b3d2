"""What is hidden first is not shown until it was decided about; a file that is blocked is not taken in."""

from hashlib import sha256

import pytest

from chappe.media import HiddenFirst
from chappe.media.add import FilledLater
from chappe.media.hidden import HIDDEN_MS
from chappe.restrictions import Ground, Kind, Measure, Restriction, impose, lift
from chappe.stream import REGISTER, Command, Device, Transaction
from tests.house import House
from tests.media.conftest import ask, download, thumbnail_of, upload
from tests.media.test_thumbnails import image

pytestmark = pytest.mark.anyio

HASH = sha256(b"blocked").hexdigest()


async def block(tx: Transaction, device: Device | None) -> None:
    restriction = Restriction(
        id="d1.1", kind=Kind.MEDIA, subject=HASH, measure=Measure.BLOCKED, decision="d1", ground=Ground.TERMS,
        reason_code="x", since=tx.now,
    )  # fmt: skip
    await impose(tx, restriction)


async def unblock(tx: Transaction, device: Device | None) -> None:
    await lift(tx, Kind.MEDIA, HASH, "", "d1.1")


async def test_media_that_is_hidden_first_is_shown_once_that_is_over(house: House) -> None:
    anna = await house.person("anna")
    address = await upload(anna, image(900, 700))
    hidden = house.chappe.resources.of(HiddenFirst)
    hidden.hide(address.partition("/")[2], house.clock.now_ms())
    for answer in (await download(anna, house, address), await thumbnail_of(anna, address)):
        assert (answer.status_code, answer.json()["errcode"]) == (404, "M_NOT_FOUND")
    hidden.show(address.partition("/")[2])
    assert (await download(anna, house, address)).status_code == 200
    assert (await thumbnail_of(anna, address)).status_code == 200
    for number in range(10_001):
        hidden.hide(str(number), 0)
    assert not hidden.is_hidden("0", 1)
    assert hidden.is_hidden("1", 1)
    assert not hidden.is_hidden("1", HIDDEN_MS)


async def test_a_blocked_file_is_not_taken_in(house: House) -> None:
    anna = await house.person("anna")
    later = str((await anna.post("/_matrix/media/v1/create")).ok()["content_uri"]).removeprefix("mxc://")
    await house.chappe.bus.call(REGISTER, Command(block, None, ()))
    for answer in (
        await ask(house, "POST", "/_matrix/media/v3/upload", anna, b"blocked"),
        await ask(house, "PUT", f"/_matrix/media/v3/upload/{later}", anna, b"blocked"),
    ):
        assert (answer.status_code, answer.json()["errcode"]) == (403, "M_FORBIDDEN")
    assert await upload(anna, b"other")
    await house.chappe.bus.call(REGISTER, Command(unblock, None, ()))
    assert await upload(anna, b"blocked")


async def test_whoever_wants_to_know_hears_of_what_came_later(house: House) -> None:
    heard: list[str] = []
    house.chappe.resources.of(FilledLater).append(lambda: heard.append("filled"))
    anna = await house.person("anna")
    await upload(anna, b"at once")
    later = str((await anna.post("/_matrix/media/v1/create")).ok()["content_uri"]).removeprefix("mxc://")
    assert heard == []
    assert (await ask(house, "PUT", f"/_matrix/media/v3/upload/{later}", anna, b"later")).status_code == 200
    assert heard == ["filled"]
