"""Previews of what links lead to: what is told, for how long, and at what cost."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from chappe.clock import Clock
from chappe.previews import Pictures
from chappe.previews.previews import EMPTY_KEPT_MS, KEPT_MS
from chappe.previews.sweep import sweep
from chappe.storage import Database
from tests.conftest import make_settings
from tests.house import House, Person, Said, gather_at_once
from tests.media.conftest import download
from tests.media.test_thumbnails import image, shown, thumbnail
from tests.previews.site import Site, answer

pytestmark = pytest.mark.anyio

PREVIEW = "/_matrix/client/v1/media/preview_url"
PAGE = b"""<!doctype html><html><head><title>Of the page</title>
<meta property="og:title" content="Tea &amp; cake"><meta name=description content='What there is
  to eat'><meta property="og:image" content="/tea.jpg"><meta property="og:site_name" content="Caf\xc3\xa9">
</head><body>Much more</body></html>"""


async def preview(person: Person, url: str, **query: Any) -> Said:
    return await person.get(PREVIEW, url=url, **query)


def swept(house: House, most: int = 100) -> Any:
    bus = house.chappe.bus
    resources = house.chappe.resources
    return sweep(bus, resources.of(Database), resources.of(Clock), resources.of(Pictures), most)


async def test_a_page_says_what_it_is_about_and_shows_its_picture(house: House, pages: Site) -> None:
    """getUrlPreviewAuthed, getUrlPreview: OpenGraph, or what is there instead; the picture as media of this server."""
    ann = await house.person("ann")
    pages.pages |= {"/a?b=c": answer(PAGE), "/tea.jpg": answer(image(2000, 1000, "JPEG"), "text/html")}
    said = (await preview(ann, pages.url("/a?b=c#here"), ts=1)).ok()
    picture = said.pop("og:image").removeprefix("mxc://")
    size = said.pop("matrix:image:size")
    assert said == {"og:title": "Tea & cake", "og:description": "What there is to eat", "og:site_name": "Café"}
    got = await download(ann, house, picture)
    assert (len(got.content), got.headers["content-type"]) == (size, "image/jpeg")
    assert shown(await thumbnail(ann, picture, 96, 96, method="crop")).size == (96, 96)
    assert pages.asked == ["/a?b=c", "/tea.jpg"]
    assert not any("cookie" in head.lower() or "authorization" in head.lower() for head in pages.heads)
    old = (await ann.get("/_matrix/media/v3/preview_url", url=pages.url("/a?b=c"))).ok()
    assert old["og:title"] == "Tea & cake"
    assert len(pages.asked) == 2


async def test_many_who_ask_cost_one_look_until_it_is_old(house: House, pages: Site) -> None:
    ann, bob = await house.person("ann"), await house.person("bob")
    pages.pages |= {"/a": answer(PAGE)}
    pages.held = asyncio.Event()
    asking = asyncio.gather(*(preview(one, pages.url("/a")) for one in (ann, bob) * 10))
    await pages.until_asked(1)
    pages.held.set()
    assert {answered.ok()["og:title"] for answered in await asking} == {"Tea & cake"}
    assert pages.asked == ["/a", "/tea.jpg"]
    house.clock.advance(KEPT_MS / 1000 - 60)
    await preview(ann, pages.url("/a"))
    assert len(pages.asked) == 2
    pages.pages["/a"] = answer(b"<title>New</title>")
    house.clock.advance(120)
    assert (await preview(bob, pages.url("/a"))).ok() == {"og:title": "New"}


async def test_what_is_not_there_is_looked_for_again_later(house: House, pages: Site) -> None:
    ann = await house.person("ann")
    assert (await preview(ann, pages.url("/a"))).ok() == {}
    pages.pages["/a"] = answer(PAGE)
    assert (await preview(ann, pages.url("/a"))).ok() == {}
    house.clock.advance(EMPTY_KEPT_MS / 1000 + 1)
    assert (await preview(ann, pages.url("/a"))).ok()["og:title"] == "Tea & cake"


async def test_what_is_old_or_too_much_goes_with_its_pictures(house: House, pages: Site) -> None:
    ann = await house.person("ann")
    pages.pages |= {f"/{number}": answer(PAGE) for number in range(6)} | {"/tea.jpg": answer(image(900, 700))}
    pictures = []
    for number in range(6):
        house.clock.advance(60)
        said = (await preview(ann, pages.url(f"/{number}"))).ok()
        pictures.append(said["og:image"].removeprefix("mxc://"))

    async def there() -> list[bool]:
        return [(await download(ann, house, picture)).status_code == 200 for picture in pictures]

    await swept(house)
    assert await there() == [True] * 6
    await swept(house, most=4)
    assert await there() == [False] * 2 + [True] * 4
    house.clock.advance(KEPT_MS / 1000)
    await swept(house)
    assert await there() == [False] * 6
    assert await house.chappe.database.fetch("SELECT digest FROM link_preview") == []


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/",
        "file:///etc/passwd",
        "//example.org",
        "example.org",
        "https://",
        "https://ann:secret@example.org/",
        "https://exa mple.org/",
        "https://example.org:0/",
        "https://example.org:99999/",
        "https://[::1",
        "https://" + "a" * 3_000,
        "https://ex\r\nample.org/\0",
        "javascript:alert(1)",
    ],
)
async def test_what_is_no_address_of_a_page_is_refused(house: House, url: str) -> None:
    ann = await house.person("ann")
    said = await preview(ann, url)
    assert (said.status, said.errcode) in ((400, "M_INVALID_PARAM"), (400, "M_BAD_JSON"))


async def test_a_person_cannot_keep_others_waiting(house: House, pages: Site) -> None:
    """Of one person so many links are looked at at a time; the others are to be asked for again."""
    ann = await house.person("ann")
    pages.held = asyncio.Event()
    asking = asyncio.gather(*(preview(ann, pages.url(f"/{number}")) for number in range(30)))
    await pages.until_asked(2)
    pages.held.set()
    statuses = [said.status for said in await asking]
    assert sorted(set(statuses)) == [200, 429]
    assert statuses.count(429) == 10


async def test_guests_and_strangers_get_none(house: House, pages: Site) -> None:
    assert (await house.request("GET", PREVIEW, query={"url": pages.url("/a")})).status == 401
    assert pages.asked == []


class TestWithoutPreviews:
    @pytest.fixture
    def settings(self, tmp_path: Path) -> Any:
        return make_settings(tmp_path, link_preview_private_networks="127.0.0.1")

    async def test_a_server_makes_none_unless_it_is_told_to(self, house: House, pages: Site) -> None:
        ann = await house.person("ann")
        said = await preview(ann, pages.url("/a"))
        assert (said.status, said.errcode, pages.asked) == (404, "M_UNRECOGNIZED", [])
        told = (await ann.get("/capabilities")).ok()["capabilities"]
        assert told["org.chappe.link_previews"] == {"enabled": False}


async def test_clients_are_told_that_there_are_previews(house: House) -> None:
    ann, other = await gather_at_once(house.person("ann"), house.person("bob"))
    for person in (ann, other):
        told = (await person.get("/capabilities")).ok()["capabilities"]
        assert told["org.chappe.link_previews"] == {"enabled": True}
