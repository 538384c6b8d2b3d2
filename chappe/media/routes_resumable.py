"""The endpoints of uploads in several requests: where one stands, its next part, giving it up.

draft-ietf-httpbis-resumable-upload, on the address that POST /create has made; it begins with
PUT /upload/{serverName}/{mediaId} in `routes.py`. See docs/decisions/0014-resumable-uploads.md.
"""

import contextlib
from collections.abc import AsyncIterator, Awaitable

import msgspec

from chappe.config import Settings
from chappe.errors import Errcode, Refused
from chappe.http import DEVICE, JSON, Answer, Limit, Request, Routes
from chappe.media import rules
from chappe.media.add import Described
from chappe.media.resume import Mismatch, Resumable
from chappe.media.upload_headers import (
    MEDIA_TYPE,
    Part,
    Progress,
    content_length_of,
    headers_of,
    is_last,
    length_of,
    offset_of,
)

routes = Routes()

UPLOAD = "/_matrix/media/v3/upload/{server_name}/{media_id}"


@routes.get(UPLOAD, auth=DEVICE)
async def get_upload(request: Request, server_name: str, media_id: str) -> Answer:
    """Say how far an upload is that was begun with Upload-Complete."""
    rules.require_ours(server_name, media_id, request.of(Settings).server_name)
    progress = await request.of(Resumable).progress(request.device, media_id)
    return Answer(204, b"", _headers(request, progress))


@routes.patch(UPLOAD, auth=DEVICE, limit=Limit.WRITES)
async def patch_upload(request: Request, server_name: str, media_id: str) -> Answer:
    """Upload the next part of a file, from Upload-Offset on."""
    async with refusals_heard(request):
        rules.require_ours(server_name, media_id, request.of(Settings).server_name)
        if (request.header("content-type") or "").partition(";")[0].strip().lower() != MEDIA_TYPE:
            raise Refused(Errcode.INVALID_PARAM, f"The Content-Type of a part is {MEDIA_TYPE}.", status=415)
        offset, last = offset_of(request), is_last(request)
        if offset is None or last is None:
            raise Refused(Errcode.MISSING_PARAM, "A part needs the headers Upload-Offset: 0 and Upload-Complete: ?0.")
        work = request.of(Resumable).go_on(request.device, media_id, offset, _part(request, is_last=last))
        return await _told(request, work, 204)


@routes.delete(UPLOAD, auth=DEVICE, limit=Limit.WRITES)
async def delete_upload(request: Request, server_name: str, media_id: str) -> Answer:
    """Give up an upload and the address that was made for it, while it is unfinished."""
    rules.require_ours(server_name, media_id, request.of(Settings).server_name)
    await request.of(Resumable).give_up(request.device, media_id)
    return Answer(204, b"", ())


async def begin(request: Request, media_id: str, described: Described, *, is_last: bool) -> Answer:
    """Begin an upload with its first part, or with nothing, and answer how far it is."""
    part, length, at_most = _part(request, is_last=is_last), length_of(request), request.of(Settings).max_upload_bytes
    if length is None and is_last:
        length = part.content_length
    if length is None:
        raise Refused(Errcode.MISSING_PARAM, "Upload-Length is needed: how many bytes the whole file has.")
    if length > at_most:
        raise Refused(Errcode.TOO_LARGE, f"A file has at most {at_most} bytes.")
    if is_last and part.content_length not in (None, length):
        raise Refused(Errcode.INVALID_PARAM, "Upload-Length and Content-Length do not agree, and this is all of it.")
    work = request.of(Resumable).begin(request.device, media_id, described, length, part)
    where = UPLOAD.format(server_name=request.of(Settings).server_name, media_id=media_id)
    return await _told(request, work, 201, ("Location", where))


@contextlib.asynccontextmanager
async def refusals_heard(request: Request) -> AsyncIterator[None]:
    """Read on a little after a refusal: whoever is still sending hears of it only afterwards."""
    try:
        yield
    except Refused as no:
        if no.status != 408:  # what does not come cannot be waited for
            await request.skip_body()
        raise


def _part(request: Request, *, is_last: bool) -> Part:
    return Part(content_length_of(request), is_last, request.stream)


async def _told(request: Request, work: Awaitable[Progress], status: int, *headers: tuple[str, str]) -> Answer:
    """The answer to a part: `status` while the upload is unfinished, 409 with where it goes on, or that it is done."""
    try:
        progress = await work
    except Mismatch as mismatch:
        await request.skip_body()
        body = msgspec.json.encode(
            {
                "errcode": Errcode.INVALID_PARAM.code,
                "error": mismatch.reason,
                "upload_offset": mismatch.progress.offset_bytes,
            }
        )
        return Answer(409, body, (*JSON, *_headers(request, mismatch.progress)))
    if progress.is_complete:
        return Answer(200, b"{}", (*JSON, *_headers(request, progress)))
    body, kind = (b"", ()) if status == 204 else (b"{}", JSON)
    return Answer(status, body, (*kind, *_headers(request, progress), *headers))


def _headers(request: Request, progress: Progress) -> tuple[tuple[str, str], ...]:
    return headers_of(progress, request.of(Settings).max_upload_bytes)
