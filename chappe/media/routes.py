"""The Matrix endpoints of uploading and downloading.

Client-Server API v1.19, "Content repository".
"""

import logging
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec

from chappe.clock import Clock
from chappe.config import Settings
from chappe.errors import Errcode, Refused
from chappe.http import DEVICE, GUEST, JSON, NOBODY, Answer, JSONObject, Limit, Request, Routes
from chappe.ids import UserID
from chappe.media import rules
from chappe.media.add import (
    RESERVED_MS,
    Described,
    add_media,
    fill_reserved,
    new_media_id,
    require_reserved,
    reserve_media,
)
from chappe.media.files import Files, pieces_of
from chappe.media.find import find
from chappe.media.routes_resumable import UPLOAD, begin, refusals_heard
from chappe.media.serve import Content, send
from chappe.media.sizes import Method, Wanted, wanted_size
from chappe.media.spool import Received, cannot_read
from chappe.media.store import Media
from chappe.media.thumbnails import Thumbnails
from chappe.media.upload_headers import EXPOSED, is_last, limits
from chappe.media.uploads import Uploads
from chappe.storage import Database
from chappe.stream import shard_of

logger = logging.getLogger(__name__)

routes = Routes()

_DOWNLOAD = "/_matrix/client/v1/media/download/{server_name}/{media_id}"
_THUMBNAIL = "/_matrix/client/v1/media/thumbnail/{server_name}/{media_id}"
_FROZEN = "/_matrix/media/v3"


class UploadQuery(msgspec.Struct):
    """POST /upload, PUT /upload/{serverName}/{mediaId}."""

    filename: str | None = None


class DownloadQuery(msgspec.Struct):
    """GET /media/download."""

    timeout_ms: int = 20_000


class ThumbnailQuery(msgspec.Struct):
    """GET /media/thumbnail."""

    width: int
    height: int
    method: Method = "scale"
    animated: bool = False
    timeout_ms: int = 20_000


@routes.post("/_matrix/media/v3/upload", auth=DEVICE, limit=Limit.UPLOADS)
async def post_upload(request: Request, query: UploadQuery) -> JSONObject:
    """Upload a file (spec: "POST /upload")."""
    media_id = new_media_id()
    async with refusals_heard(request):
        described = _described(request, query)

        async def commit(file: Received) -> None:
            await request.call(shard_of(media_id), add_media, media_id, described, file)

        await request.of(Uploads).take(request.device.user_id, _body(request), commit)
    return {"content_uri": f"mxc://{request.of(Settings).server_name}/{media_id}"}


@routes.post("/_matrix/media/v1/create", auth=DEVICE, limit=Limit.UPLOADS)
async def post_create(request: Request) -> Answer:
    """Make an address for a file that is uploaded later (spec: "POST /create")."""
    media_id = new_media_id()
    settings = request.of(Settings)
    expires_at = await request.call(shard_of(media_id), reserve_media, media_id)
    body = msgspec.json.encode(
        {"content_uri": f"mxc://{settings.server_name}/{media_id}", "unused_expires_at": expires_at}
    )
    # That there is a limit tells clients that the upload may be cut off and go on.
    return Answer(200, body, (*JSON, limits(settings.max_upload_bytes, RESERVED_MS), EXPOSED))


@routes.put(UPLOAD, auth=DEVICE, limit=Limit.UPLOADS)
async def put_upload(request: Request, server_name: str, media_id: str, query: UploadQuery) -> JSONObject | Answer:
    """Upload a file to an address made before; with Upload-Complete, a part of it.

    Spec: "PUT /upload/{serverName}/{mediaId}".
    """
    async with refusals_heard(request):
        described = _described(request, query)
        rules.require_ours(server_name, media_id, request.of(Settings).server_name)
        if (last := is_last(request)) is not None:
            return await begin(request, media_id, described, is_last=last)
        await require_reserved(request.of(Database), request.device, media_id, request.of(Clock).now_ms())

        async def commit(file: Received) -> None:
            await request.call(shard_of(media_id), fill_reserved, media_id, described, file)

        await request.of(Uploads).take(request.device.user_id, _body(request), commit, besides=media_id)
    return {}


@routes.get(_DOWNLOAD, auth=GUEST)
async def get_download(request: Request, server_name: str, media_id: str, query: DownloadQuery) -> Answer:
    """Download a file, or a part of it (spec: "GET /media/download/{serverName}/{mediaId}")."""
    media = await find(request, server_name, media_id, query.timeout_ms)
    return await whole(request, media, media.content_type, media.filename)


@routes.get(_DOWNLOAD + "/{file_name}", auth=GUEST)
async def get_download_as(
    request: Request, server_name: str, media_id: str, file_name: str, query: DownloadQuery
) -> Answer:
    """Download a file under another name (spec: "GET /media/download/{serverName}/{mediaId}/{fileName}")."""
    filename = rules.require_filename(file_name)
    media = await find(request, server_name, media_id, query.timeout_ms)
    return await whole(request, media, media.content_type, filename)


@routes.get(_THUMBNAIL, auth=GUEST)
async def get_thumbnail(request: Request, server_name: str, media_id: str, query: ThumbnailQuery) -> Answer:
    """Download a small version of an image (spec: "GET /media/thumbnail/{serverName}/{mediaId}")."""
    if query.width < 1 or query.height < 1:
        raise Refused(Errcode.INVALID_PARAM, "width and height are numbers of pixels, at least 1.")
    media = await find(request, server_name, media_id, query.timeout_ms)
    wanted = wanted_size(query.width, query.height, query.method, animated=query.animated)
    return await thumbnail_of(request, request.device.user_id, media, wanted)


@routes.get("/_matrix/client/v1/media/config", auth=GUEST)
@routes.get(_FROZEN + "/config", auth=GUEST, deprecated=True)
async def get_config(request: Request) -> JSONObject:
    """How large an upload may be (spec: "GET /media/config")."""
    return {"m.upload.size": request.of(Settings).max_upload_bytes}


@routes.get(_FROZEN + "/download/{server_name}/{media_id}", auth=NOBODY, deprecated=True)
@routes.get(_FROZEN + "/thumbnail/{server_name}/{media_id}", auth=NOBODY, deprecated=True)
async def get_frozen(request: Request, server_name: str, media_id: str) -> JSONObject:
    """Say that media is to be had with an access token only (spec: "Content repository", the freeze)."""
    raise _frozen()


@routes.get(_FROZEN + "/download/{server_name}/{media_id}/{file_name}", auth=NOBODY, deprecated=True)
async def get_frozen_as(request: Request, server_name: str, media_id: str, file_name: str) -> JSONObject:
    """Say that media is to be had with an access token only (spec: "Content repository", the freeze)."""
    raise _frozen()


def _frozen() -> Refused:
    # Everything here was uploaded after the freeze of these endpoints, which came with v1.12 of the specification.
    return Refused(
        Errcode.NOT_FOUND, "Media is downloaded with an access token, from /_matrix/client/v1/media/download."
    )


def _described(request: Request, query: UploadQuery) -> Described:
    content_type = rules.content_type_of(request.header("content-type"))
    return Described(content_type, rules.require_filename(query.filename))


def _body(request: Request) -> AsyncIterator[bytes]:
    return request.stream(limit=request.of(Settings).max_upload_bytes)


async def whole(request: Request, media: Media, content_type: str, filename: str | None) -> Answer:
    """A file that is known to be there, as it is."""
    files, key = request.of(Files), media.file_key
    try:
        is_there = await files.has(key)
    except OSError as error:
        raise cannot_read(error) from error
    if not is_there:
        logger.error("The file %s of the media %s is missing", key, media.media_id)
        raise rules.not_found()
    path = files.local_path(key)
    content = Content(
        etag=media.sha256.hex(),
        content_type=content_type,
        disposition=rules.disposition(content_type, filename),
        size_bytes=media.size_bytes,
        pieces=lambda first, end: files.pieces(key, first, end),
        local_path=str(path) if path is not None else None,
    )
    return send(request, content)


async def thumbnail_of(request: Request, for_whom: UserID, media: Media, wanted: Wanted) -> Answer:
    """A small version of an image."""
    thumbnail = await request.of(Thumbnails).of(for_whom, media, wanted)
    if thumbnail.path is None:
        return await whole(request, media, thumbnail.content_type, _thumbnail_name(thumbnail.content_type))
    path: Path = thumbnail.path
    content = Content(
        etag=path.name,
        content_type=thumbnail.content_type,
        disposition=rules.disposition(thumbnail.content_type, _thumbnail_name(thumbnail.content_type)),
        size_bytes=thumbnail.size_bytes,
        pieces=lambda first, end: pieces_of(path, first, end),
        local_path=str(path),
    )
    return send(request, content)


def _thumbnail_name(content_type: str) -> str:
    return "thumbnail." + content_type.partition("/")[2].replace("jpeg", "jpg")
