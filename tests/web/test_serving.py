"""The files of the web client as a browser gets them: in the smallest form, and no others whatever a path says."""

import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from chappe.config import Settings
from chappe.http.asgi import ASGIFace
from chappe.web import WebClient
from chappe.web.files import FOLDER
from tests.conftest import make_settings
from tests.house import House

pytestmark = pytest.mark.anyio


@pytest.fixture
async def browser(house: House) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=ASGIFace(house.chappe.application))
    async with httpx.AsyncClient(transport=transport, base_url="http://chappe.test") as client:
        yield client


@pytest.fixture
def engine() -> str:
    """No database is asked."""
    return "sqlite"


def asset(suffix: str) -> str:
    return next(path.name for path in sorted((FOLDER / "assets").glob(f"*{suffix}")))


async def test_the_page_is_asked_for_again_and_allows_little(browser: httpx.AsyncClient) -> None:
    page = await browser.get("/")
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["cache-control"] == "no-cache"
    policy = dict(each.split(" ", 1) for each in page.headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self' 'wasm-unsafe-eval'"
    assert policy["style-src"] == "'self'"
    assert policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["require-trusted-types-for"] == "'script'"
    for name, value in {
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cross-origin-opener-policy": "same-origin",
    }.items():
        assert page.headers[name] == value
    assert "geolocation=()" in page.headers["permissions-policy"]
    assert "<style" not in page.text
    assert "<script>" not in page.text
    again = await browser.get("/", headers={"If-None-Match": page.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("br;q=0.0", None),
        ("identity", None),
        ("", None),
    ],
)
async def test_the_smallest_form_that_a_browser_takes(
    browser: httpx.AsyncClient, accepted: str, encoding: str | None
) -> None:
    name = asset(".css")
    async with browser.stream("GET", f"/assets/{name}", headers={"Accept-Encoding": accepted}) as answer:
        sent = b"".join([piece async for piece in answer.aiter_raw()])
    assert answer.headers.get("content-encoding") == encoding
    assert answer.headers["vary"] == "Accept-Encoding"
    plain = (FOLDER / "assets" / name).read_bytes()
    if encoding == "gzip":
        assert gzip.decompress(sent) == plain
    elif encoding is None:
        assert sent == plain
    else:
        assert len(sent) < len(plain)
    assert int(answer.headers["content-length"]) == len(sent)


async def test_what_has_a_hash_in_its_name_is_kept_for_ever(browser: httpx.AsyncClient) -> None:
    for suffix, kind in ((".js", "text/javascript; charset=utf-8"), (".wasm", "application/wasm")):
        answer = await browser.head(f"/assets/{asset(suffix)}")
        assert answer.status_code == 200
        assert answer.headers["content-type"] == kind
        assert "immutable" in answer.headers["cache-control"]
        assert answer.content == b""
    assert (await browser.get("/icons/chappe.svg")).headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "path",
    [
        "/assets/..%2findex.html",
        "/assets/%2e%2e/index.html",
        "/assets/..%2f..%2fpolicy.py",
        "/assets/%2e%2e%2f%2e%2e%2f__init__.py",
        "/assets/nothing.js",
        "/assets/",
        "/assets//index.html",
        "/icons/..%5c..%5cfiles.py",
        "/icons/%2fetc%2fpasswd",
        "/index.html",
        "/index.html.br",
        "/files/index.html",
        "/assets/chappe.svg.br",
    ],
)
async def test_no_other_file_is_sent_whatever_a_path_says(browser: httpx.AsyncClient, path: str) -> None:
    url = httpx.URL("http://chappe.test").copy_with(raw_path=path.encode())
    answer = await browser.get(url)
    assert answer.status_code == 404
    assert answer.json()["errcode"] in ("M_NOT_FOUND", "M_UNRECOGNIZED")


class TestNotWanted:
    @pytest.fixture
    def settings(self, tmp_path: Path) -> Settings:
        return make_settings(tmp_path, web_client="false")

    async def test_a_page_says_how_to_use_other_clients(self, browser: httpx.AsyncClient, settings: Settings) -> None:
        page = await browser.get("/")
        assert settings.base_url in page.text
        assert "make install" not in page.text
        assert "script" not in page.text
        assert (await browser.get(f"/assets/{asset('.js')}")).status_code == 404


def test_a_client_that_was_not_built_is_not_there(tmp_path: Path) -> None:
    assert not WebClient(tmp_path).is_there
    assert not WebClient(tmp_path / "missing").is_there
    (tmp_path / "index.html").write_text("<!doctype html>")
    assert WebClient(tmp_path).is_there
    assert not WebClient(tmp_path, wanted=False).is_there


def test_compressed_forms_are_no_files_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<!doctype html>")
    (tmp_path / "index.html.br").write_bytes(b"short")
    client = WebClient(tmp_path)
    page = client.file("index.html")
    assert page is not None
    assert page.form_for("br")[0] == "br"
    assert page.form_for("gzip")[0] == "identity"
    assert client.file("index.html.br") is None
