"""Files in and out: what comes back is what was sent, and nothing in it can run."""

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from chappe.config import Settings
from tests.house import House, gather_at_once
from tests.media.conftest import DOWNLOAD, UPLOAD, ask, download, upload

pytestmark = pytest.mark.anyio

PICTURE = b"\x89PNG" + bytes(range(256)) * 1000


def kept(house: House) -> list[Path]:
    """The files there are, those on their way among them."""
    return [path for path in (house.chappe.settings.data_dir / "media").rglob("*") if path.is_file()]


async def test_what_is_uploaded_is_downloaded(house: House) -> None:
    """uploadContent, getContentAuthed: the same bytes, type and name; SHA-256 and size are known."""
    anna, ben = await house.person("anna"), await house.person("ben")
    address = await upload(anna, PICTURE, "image/png", filename="sun.png")
    answer = await download(ben, house, address)
    assert (answer.status_code, answer.content) == (200, PICTURE)
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["content-disposition"] == 'inline; filename="sun.png"'
    assert answer.headers["content-length"] == str(len(PICTURE))
    rows = await house.chappe.database.fetch("SELECT uploader, size_bytes, sha256 FROM media")
    assert rows == [(anna.user_id, len(PICTURE), hashlib.sha256(PICTURE).digest())]
    [path] = kept(house)
    assert path.read_bytes() == PICTURE
    assert path.stat().st_mode & 0o077 == 0
    assert address.partition("/")[2] not in str(path)


async def test_headers_keep_a_browser_from_running_anything(house: House) -> None:
    """getContentAuthed: the headers that the specification recommends, and no sniffing."""
    anna = await house.person("anna")
    answer = await download(anna, house, await upload(anna, b"x", "image/png"))
    headers = answer.headers
    assert headers["content-security-policy"].startswith("sandbox; default-src 'none'; script-src 'none';")
    assert headers["cross-origin-resource-policy"] == "cross-origin"
    assert headers["x-content-type-options"] == "nosniff"
    assert "immutable" in headers["cache-control"]
    assert "private" in headers["cache-control"]
    assert headers["access-control-allow-origin"] == "*"
    assert headers["content-disposition"] == "inline"


@pytest.mark.parametrize(
    "content_type", ["text/html", "image/svg+xml", "Text/HTML; charset=utf-8", "application/xhtml+xml", "text/xml", ""]
)
async def test_what_could_run_is_never_shown_inline(house: House, content_type: str) -> None:
    anna = await house.person("anna")
    page = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
    answer = await download(anna, house, await upload(anna, page, content_type, filename="page.svg"))
    assert answer.headers["content-disposition"] == 'attachment; filename="page.svg"'
    assert answer.headers["content-type"] == (content_type or "application/octet-stream")


@pytest.mark.parametrize(
    "lie", ["image/png\tx", "png", "image/png, text/html", "text/html\x0b", "a/b; c=d\xe9", "x" * 300]
)
async def test_a_malformed_type_says_nothing(house: House, lie: str) -> None:
    anna = await house.person("anna")
    answer = await ask(house, "POST", UPLOAD, anna, b"x", {"Content-Type": lie.encode("latin-1")})  # type: ignore[dict-item]
    address = answer.json()["content_uri"].removeprefix("mxc://")
    assert (await download(anna, house, address)).headers["content-type"] == "application/octet-stream"


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("Плакат №1.png", "filename*=utf-8''" + quote("Плакат №1.png", safe="")),
        ('a"b\\c.png', "filename*=utf-8''a%22b%5Cc.png"),
        ("../../etc/passwd", 'filename="../../etc/passwd"'),
        ("plain name.png", 'filename="plain name.png"'),
        ("50%.png", "filename*=utf-8''50%25.png"),
    ],
)
async def test_names_survive_whatever_they_are(house: House, name: str, header: str) -> None:
    """getContentOverrideNameAuthed: names in UTF-8, given at the upload or in the path."""
    anna = await house.person("anna")
    address = await upload(anna, b"x", "image/png", filename=name)
    assert (await download(anna, house, address)).headers["content-disposition"] == f"inline; {header}"
    other = await download(anna, house, f"{address}/{quote(name, safe='')}")
    assert other.headers["content-disposition"] == f"inline; {header}"


async def test_names_that_would_break_a_header_are_refused(house: House) -> None:
    anna = await house.person("anna")
    address = await upload(anna, b"x")
    for name in ("a\r\nSet-Cookie: x", "a\x00b", "\x7f", "a\u2028b", "x" * 2000):
        assert (await ask(house, "POST", UPLOAD, anna, b"x", filename=name)).status_code == 400
        assert (await download(anna, house, f"{address}/{quote(name, safe='')}")).status_code == 400


@pytest.mark.parametrize(
    "trick", ["..%2f..%2fchappe.db", "%2e%2e", "a.b", "a%2Fb", "a%00", "%C3%A9", "x" * 256, "a%0Ab"]
)
async def test_tricks_with_paths_are_refused(house: House, trick: str) -> None:
    anna = await house.person("anna")
    for address in (f"localhost/{trick}", f"{trick}/abc"):
        answer = await download(anna, house, address)
        assert answer.status_code in (400, 404), answer.text
        assert answer.json()["errcode"] in ("M_INVALID_PARAM", "M_NOT_FOUND")


async def test_what_is_not_here_is_not_found(house: House) -> None:
    anna = await house.person("anna")
    for address in ("localhost/AAAA", "elsewhere.example/AAAA"):
        answer = await download(anna, house, address)
        assert (answer.status_code, answer.json()["errcode"]) == (404, "M_NOT_FOUND")


async def test_only_people_with_an_account_upload_and_download(house: House) -> None:
    anna = await house.person("anna")
    address = await upload(anna, b"x")
    assert (await ask(house, "POST", UPLOAD, None, b"x")).status_code == 401
    assert (await download(None, house, address)).status_code == 401


async def test_frozen_endpoints_tell_nothing(house: House) -> None:
    """getContent, getContentOverrideName, getContentThumbnail: frozen, as v1.12 wants it."""
    anna = await house.person("anna")
    address = await upload(anna, b"x")
    for path in (f"download/{address}", f"download/{address}/name", f"thumbnail/{address}?width=1&height=1"):
        for person in (anna, None):
            answer = await ask(house, "GET", f"/_matrix/media/v3/{path}", person)
            assert (answer.status_code, answer.json()["errcode"]) == (404, "M_NOT_FOUND")


async def test_the_configuration_tells_the_largest_upload(house: House) -> None:
    """getConfigAuthed, getConfig."""
    anna = await house.person("anna")
    for path in ("/_matrix/client/v1/media/config", "/_matrix/media/v3/config"):
        assert (await anna.get(path)).ok() == {"m.upload.size": 100_000_000}
        assert (await ask(house, "GET", path, None)).status_code == 401


@pytest.fixture
def settings(settings: Settings, request: pytest.FixtureRequest) -> Settings:
    import dataclasses

    return dataclasses.replace(settings, **getattr(request, "param", {}))


@pytest.mark.parametrize("settings", [{"max_upload_bytes": 5000, "upload_quota_bytes": 12_000}], indirect=True)
async def test_uploads_have_a_size_and_people_a_quota(house: House) -> None:
    anna, ben = await house.person("anna"), await house.person("ben")

    async def in_pieces() -> AsyncIterator[bytes]:
        for _ in range(6):
            yield b"x" * 1000

    for body in (b"x" * 5001, in_pieces()):
        answer = await ask(house, "POST", UPLOAD, anna, body)
        assert (answer.status_code, answer.json()["errcode"]) == (413, "M_TOO_LARGE")
    assert kept(house) == []
    for _ in range(2):
        await upload(anna, b"x" * 5000)
    for _ in range(2):
        answer = await ask(house, "POST", UPLOAD, anna, b"x" * 5000)
        assert (answer.status_code, answer.json()["errcode"]) == (403, "M_FORBIDDEN")
    await upload(ben, b"x" * 5000)
    assert len(kept(house)) == 3


async def test_many_uploads_at_once_are_all_kept_or_refused(house: House) -> None:
    anna = await house.person("anna")

    async def one(number: int) -> Any:
        return await ask(house, "POST", UPLOAD, anna, bytes([number]) * 300_000)

    answers = await gather_at_once(*[one(number) for number in range(40)])
    statuses = [answer.status_code for answer in answers]
    assert set(statuses) <= {200, 429}
    assert statuses.count(200) >= 10
    for number, answer in enumerate(answers):
        if answer.status_code == 200:
            address = answer.json()["content_uri"].removeprefix("mxc://")
            assert (await download(anna, house, address)).content == bytes([number]) * 300_000
    assert len(kept(house)) == statuses.count(200)


async def test_an_empty_file_is_a_file(house: House) -> None:
    anna = await house.person("anna")
    answer = await download(anna, house, await upload(anna, b""))
    assert (answer.status_code, answer.content, answer.headers["content-length"]) == (200, b"", "0")


# Parts of a file


BYTES = bytes(range(256)) * 3000


@pytest.mark.parametrize(
    ("wanted", "first", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=100-", 100, 768_000),
        ("bytes=700000-900000", 700_000, 768_000),
        ("bytes=-5", 767_995, 768_000),
        ("bytes=-9999999", 0, 768_000),
        ("Bytes=5-300004", 5, 300_005),
    ],
)
async def test_a_part_is_answered_as_a_part(house: House, wanted: str, first: int, end: int) -> None:
    anna = await house.person("anna")
    address = await upload(anna, BYTES, "video/mp4")
    answer = await download(anna, house, address, {"Range": wanted})
    assert (answer.status_code, answer.content) == (206, BYTES[first:end])
    assert answer.headers["content-range"] == f"bytes {first}-{end - 1}/768000"
    assert answer.headers["content-length"] == str(end - first)


async def test_ranges_that_make_no_sense(house: House) -> None:
    anna = await house.person("anna")
    address = await upload(anna, BYTES)
    for beyond in ("bytes=768000-", "bytes=999999999-9999999999", "bytes=-0"):
        answer = await download(anna, house, address, {"Range": beyond})
        assert (answer.status_code, answer.json()["errcode"]) == (416, "M_INVALID_PARAM")
        assert answer.headers["content-range"] == "bytes */768000"
    for odd in ("bytes=5-2", "bytes=", "bytes=-", "lines=1-2", "bytes=0-1,5-6", "bytes=a-b", "bytes=" + "9" * 40 + "-"):
        answer = await download(anna, house, address, {"Range": odd})
        assert (answer.status_code, answer.content) == (200, BYTES)
    empty = await upload(anna, b"")
    assert (await download(anna, house, empty, {"Range": "bytes=0-"})).status_code == 416


async def test_what_a_client_has_is_not_sent_again(house: House) -> None:
    anna = await house.person("anna")
    address = await upload(anna, BYTES)
    etag = (await download(anna, house, address)).headers["etag"]
    for known in (etag, f'"x", W/{etag}', "*"):
        answer = await download(anna, house, address, {"If-None-Match": known})
        assert (answer.status_code, answer.content) == (304, b"")
    assert (await download(anna, house, address, {"If-None-Match": '"x"'})).status_code == 200
    ranged = {"Range": "bytes=0-4"}
    assert (await download(anna, house, address, {**ranged, "If-Range": etag})).status_code == 206
    assert (await download(anna, house, address, {**ranged, "If-Range": '"x"'})).status_code == 200


async def test_head_tells_the_size_only(house: House) -> None:
    anna = await house.person("anna")
    address = await upload(anna, BYTES)
    answer = await ask(house, "HEAD", f"{DOWNLOAD}/{address}", anna, headers={"Range": "bytes=0-4"})
    assert (answer.status_code, answer.content, answer.headers["content-length"]) == (200, b"", "768000")
