"""Uploading and downloading as people do it, with the bytes and headers that JSON helpers leave out."""

from collections.abc import Mapping
from typing import Any

import httpx

from tests.house import House, Person

UPLOAD = "/_matrix/media/v3/upload"
DOWNLOAD = "/_matrix/client/v1/media/download"
THUMBNAIL = "/_matrix/client/v1/media/thumbnail"


async def ask(
    house: House,
    verb: str,
    path: str,
    person: Person | None,
    body: Any = b"",
    headers: Mapping[str, str] | None = None,
    **query: Any,
) -> httpx.Response:
    """One request with raw bytes both ways."""
    sent = {**({"Authorization": f"Bearer {person.token}"} if person else {}), **(headers or {})}
    return await house._client.request(verb, path, content=body, headers=sent, params=query)


async def upload(person: Person, body: Any, content_type: str | None = None, **query: Any) -> str:
    """Upload a file; answers its server name and media id as they stand in paths."""
    headers = {"Content-Type": content_type} if content_type else {}
    answer = await ask(person.house, "POST", UPLOAD, person, body, headers, **query)
    assert answer.status_code == 200, answer.text
    uri = str(answer.json()["content_uri"])
    assert uri.startswith("mxc://localhost/")
    return uri.removeprefix("mxc://")


async def download(
    person: Person | None, house: House, address: str, headers: Mapping[str, str] | None = None, **query: Any
) -> httpx.Response:
    """Download what an address names."""
    return await ask(house, "GET", f"{DOWNLOAD}/{address}", person, headers=headers, **query)


async def thumbnail_of(person: Person, address: str) -> httpx.Response:
    """A small version of an image."""
    return await ask(person.house, "GET", f"{THUMBNAIL}/{address}", person, width=96, height=96)
