"""Pages that were written to harm who reads them: each ends with no preview, or a short one, and never with a 500."""

import asyncio
import gzip
import subprocess
import sys
import zlib
from collections.abc import AsyncIterator

import pytest

from chappe.outside.connections import Connections
from chappe.previews.fetch import MAX_REDIRECTIONS, Fetcher
from chappe.previews.make import MAX_PAGE_BYTES
from chappe.previews.rules import PORTS, address_of, told
from tests.house import House, Person
from tests.media.test_thumbnails import image
from tests.previews.site import Serve, Site, answer, site
from tests.previews.test_previews import preview

pytestmark = pytest.mark.anyio

TITLE = b"<title>Tea</title>"
HTML = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


@pytest.fixture
def engine() -> str:
    """Nothing here is about the database."""
    return "sqlite"


@pytest.fixture
async def ann(house: House) -> Person:
    return await house.person("ann")


@pytest.fixture
async def secret() -> AsyncIterator[Site]:
    """A site where only this machine gets to: its address is not among those that are allowed."""
    async with site("127.0.0.2") as serving:
        serving.pages["/"] = answer(b"<title>Secret</title>")
        yield serving


async def test_no_address_leads_into_a_private_network(ann: Person, pages: Site, secret: Site) -> None:
    for number, host in enumerate(("127.0.0.2", "2130706434", "0x7f.2", "[::ffff:127.0.0.2]", "[::ffff:7f00:2]")):
        assert (await preview(ann, secret.url("/", host))).ok() == {}
        pages.pages[f"/{number}"] = answer(b"", status=302, Location=secret.url("/", host))
        assert (await preview(ann, pages.url(f"/{number}"))).ok() == {}
    picture = f'<title>Tea</title><meta property=og:image content="{secret.url("/")}">'
    pages.pages["/a"] = answer(picture.encode())
    assert (await preview(ann, pages.url("/a"))).ok() == {"og:title": "Tea"}
    assert secret.asked == []


async def test_a_name_that_leads_elsewhere_a_moment_later_leads_nowhere(
    house: House, ann: Person, pages: Site, secret: Site
) -> None:
    """Each connection goes to the address that was looked at for it."""
    looked_up: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        looked_up.append(host)
        return ["127.0.0.1"] if len(looked_up) == 1 else ["127.0.0.2"]

    fetcher = house.chappe.resources.of(Fetcher)
    fetcher._connections = Connections(("127.0.0.1",), plain_outside=True, ports=PORTS, resolve=resolve)
    secret_port = secret.port
    pages.pages["/a"] = answer(b"", status=307, Location=f"http://moves.test:{secret_port}/")
    assert (await preview(ann, pages.url("/a", "moves.test"))).ok() == {}
    assert (pages.asked, looked_up, secret.asked) == (["/a"], ["moves.test", "moves.test"], [])


async def test_other_ports_of_the_internet_are_not_knocked_at() -> None:
    connections = Connections((), plain_outside=True, ports=PORTS)
    for address, port, may in (
        ("93.184.216.34", 80, True),
        ("93.184.216.34", 443, True),
        ("93.184.216.34", 22, False),
        ("93.184.216.34", 6379, False),
        ("10.0.0.1", 80, False),
    ):
        assert connections._may_reach(address, port, is_plain=True) is may


@pytest.mark.parametrize("onwards", ["/a", "ftp://example.org/", "", "http://[", "//user:pw@example.org/", "/é\t x"])
async def test_redirections_end(ann: Person, pages: Site, onwards: str) -> None:
    pages.pages["/a"] = answer(b"", status=301, Location=onwards)
    assert (await preview(ann, pages.url("/a"))).ok() == {}
    assert len(pages.asked) <= MAX_REDIRECTIONS + 1


async def endless(writer: asyncio.StreamWriter) -> None:
    writer.write(HTML + b"\r\n" + TITLE)
    while True:
        writer.write(b"<p>and so on" * 1_000)
        await writer.drain()


async def endless_chunks(writer: asyncio.StreamWriter) -> None:
    writer.write(HTML + b"Transfer-Encoding: chunked\r\n\r\n7fffffff\r\n" + TITLE)
    while True:
        writer.write(b"<p>and so on" * 1_000)
        await writer.drain()


async def endless_head(writer: asyncio.StreamWriter) -> None:
    writer.write(HTML)
    while True:
        writer.write(b"X: y\r\n" * 1_000)
        await writer.drain()


async def silent(writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(30)


async def dripping(writer: asyncio.StreamWriter) -> None:
    writer.write(HTML + b"\r\n")
    for _ in range(1_000):
        writer.write(b"<")
        await writer.drain()
        await asyncio.sleep(0.03)


@pytest.mark.parametrize("page", [endless, endless_chunks])
async def test_of_an_endless_page_its_beginning_is_read(ann: Person, pages: Site, page: Serve) -> None:
    pages.pages["/a"] = page
    assert (await preview(ann, pages.url("/a"))).ok() == {"og:title": "Tea"}


@pytest.mark.parametrize("page", [endless_head, silent, dripping])
async def test_what_does_not_come_to_its_point_is_given_up(house: House, ann: Person, pages: Site, page: Serve) -> None:
    house.chappe.resources.of(Fetcher).max_seconds = 0.5
    pages.pages["/a"] = page
    assert (await preview(ann, pages.url("/a"))).ok() == {}


async def test_of_what_is_packed_no_more_is_unpacked_than_is_read(ann: Person, pages: Site) -> None:
    bomb = gzip.compress(TITLE + b" " * 200_000_000)
    pages.pages["/a"] = answer(bomb, Content_Encoding="gzip")
    assert (await preview(ann, pages.url("/a"))).ok() == {"og:title": "Tea"}
    late = gzip.compress(b" " * 2 * MAX_PAGE_BYTES + TITLE)
    pages.pages["/b"] = answer(late, Content_Encoding="gzip")
    assert (await preview(ann, pages.url("/b"))).ok() == {}
    pages.pages["/c"] = answer(b"not packed at all", Content_Encoding="gzip")
    pages.pages["/d"] = answer(zlib.compress(TITLE), Content_Encoding="br")
    for path in ("/c", "/d"):
        assert (await preview(ann, pages.url(path))).ok() == {}


@pytest.mark.parametrize(
    ("page", "content_type", "said"),
    [
        (b"<div>" * 200_000 + TITLE, "text/html", {"og:title": "Tea"}),
        (b"<a " + b"b=c " * 250_000, "text/html", {}),
        (b"<!--" * 200_000, "text/html", {}),
        (b"<" * 1_000_000, "text/html", {}),
        (b"<![CDATA[" * 100_000, "text/html", {}),
        (b"&" * 1_000_000 + b"#x110000;&#xD800;", "text/html", {}),
        (b"<title>Th\xe9</title>", "text/html; charset=iso-8859-1", {"og:title": "Thé"}),
        (b"<title>Th\xe9</title>", "text/html; charset=utf-8", {"og:title": "Th\ufffd"}),
        (b"<meta charset=shift_jis><title>\x82\xa0</title>", "text/html", {"og:title": "あ"}),
        (TITLE, "text/html; charset=rot13", {"og:title": "Tea"}),
        (TITLE, "text/html; charset=punycode", {"og:title": "Tea"}),
        (TITLE, "text/html; charset=utf-7", {"og:title": "Tea"}),
        (TITLE, "text/html; charset=iso-8859-99", {"og:title": "Tea"}),
        (TITLE.decode().encode("utf-16"), "text/html; charset=utf-8", {"og:title": "Tea"}),
        (TITLE, "text/html; charset=utf-16", {}),
        (b"<title>a\0b\x1b[2J\xe2\x80\xaec</title>", "text/html", {"og:title": "a b [2Jc"}),
        (b"<title>" + b"x" * 900_000 + b"</title>", "text/html", {"og:title": "x" * 300}),
        (b"<meta property=og:title content=a><meta property=og:title content=b>", "text/html", {"og:title": "a"}),
        (b"<meta property=og:audio content=a><meta property=og:url content=b>", "text/html", {}),
        (TITLE, "application/octet-stream", {}),
        (TITLE, "", {}),
        (b"", "text/html", {}),
        (bytes(range(256)) * 1_000, "text/html", {}),
    ],
)
async def test_what_no_parser_likes_is_no_harm(
    ann: Person, pages: Site, page: bytes, content_type: str, said: dict[str, str]
) -> None:
    pages.pages["/a"] = answer(page, content_type)
    assert (await preview(ann, pages.url("/a"))).ok() == said


@pytest.mark.parametrize(
    "picture",
    [
        answer(b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "image/svg+xml"),
        answer(b"GIF89a<script>alert(1)</script>", "image/gif"),
        answer(b"", "image/png"),
        answer(image(10, 10) + b"x" * 5_000_000, "image/png"),
        answer(b"", status=500),
    ],
)
async def test_what_is_no_picture_is_not_kept(house: House, ann: Person, pages: Site, picture: bytes) -> None:
    pages.pages |= {"/a": answer(TITLE + b"<meta property=og:image content=b>"), "/b": picture}
    assert (await preview(ann, pages.url("/a"))).ok() == {"og:title": "Tea"}
    assert await house.chappe.database.fetch("SELECT media_id FROM media") == []


async def test_a_link_to_a_picture_shows_it(ann: Person, pages: Site) -> None:
    pages.pages["/some%20tea.png"] = answer(image(100, 100), "image/png")
    said = (await preview(ann, pages.url("/some tea.png"))).ok()
    assert said["og:title"] == "some tea.png"
    assert said["og:image"].startswith("mxc://localhost/")


def test_the_reader_of_pages_has_nothing_but_the_page() -> None:
    """It ends by itself where it would take for ever, and its limits cannot be lifted."""
    tries = (
        "import resource, page; page._lock_in();"
        "print([resource.getrlimit(r) for r in (resource.RLIMIT_NOFILE, resource.RLIMIT_FSIZE, resource.RLIMIT_CPU)]);"
        "open('/etc/passwd')"
    )
    ended = subprocess.run([sys.executable, "-c", tries], cwd="chappe/previews", capture_output=True, text=True)
    assert ended.stdout == "[(3, 3), (0, 0), (3, 3)]\n"
    assert "Too many open files" in ended.stderr


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://Example.ORG", "https://example.org/"),
        ("https://bücher.example/ü?ö=1#x", "https://xn--bcher-kva.example/%C3%BC?%C3%B6=1"),
        ("http://example.org:8080/a b", "http://example.org:8080/a%20b"),
        ("https://example.org/%2F%7e", "https://example.org/%2F%7e"),
        (" https://example.org/\x00", "https://example.org/%00"),
        ("https://[2606:4700::1111]/", "https://[2606:4700::1111]/"),
        ("https://example.org@evil.test/", None),
        ("https://exam_ple..org/", "https://exam_ple..org/"),
        ("https://example.org\\@evil.test/", None),
        ("data:text/html,x", None),
    ],
)
def test_addresses_are_made_plain(url: str, address: str | None) -> None:
    assert address_of(url) == address


def test_what_is_told_is_short_and_in_one_line() -> None:
    assert told({"og:title": "a\n\tb\u202e", "og:image": "x", "other": "y"}) == {"og:title": "a b"}
    assert len(told({"og:description": "x" * 5_000})["og:description"]) == 1_000
