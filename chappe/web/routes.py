"""The addresses of the web client. Which chat is open stands in the fragment, so the server never learns it."""

from html import escape
from typing import Final

from chappe.config import Settings
from chappe.errors import Errcode, Refused
from chappe.http import NOBODY, Answer, Limit, Request, Routes
from chappe.http.answer import Streamed
from chappe.web.files import PAGE, WebClient, pieces
from chappe.web.policy import ALWAYS
from chappe.web.policy import PAGE as PAGE_HEADERS

routes = Routes()

FOR_EVER: Final = "public, max-age=31536000, immutable"
ASK_AGAIN: Final = "no-cache"


@routes.get("/", auth=NOBODY, limit=Limit.NONE)
async def get_page(request: Request) -> Answer:
    """The web client; without it, a page that says what this is, and what to do with it."""
    if not request.of(WebClient).is_there:
        return _front_page(request)
    return _send(request, PAGE)


@routes.get("/service-worker.js", auth=NOBODY, limit=Limit.NONE)
async def get_service_worker(request: Request) -> Answer:
    """What of the web client runs beside its pages."""
    return _send(request, "service-worker.js")


@routes.get("/manifest.webmanifest", auth=NOBODY, limit=Limit.NONE)
async def get_manifest(request: Request) -> Answer:
    """What a browser shows when the web client is installed as an app."""
    return _send(request, "manifest.webmanifest")


@routes.get("/assets/{name}", auth=NOBODY, limit=Limit.NONE)
async def get_asset(request: Request, name: str) -> Answer:
    """A script, style or picture of the web client. Its name changes with its content."""
    return _send(request, f"assets/{name}")


@routes.get("/icons/{name}", auth=NOBODY, limit=Limit.NONE)
async def get_icon(request: Request, name: str) -> Answer:
    """A picture that browsers show for the web client."""
    return _send(request, f"icons/{name}")


def _send(request: Request, name: str) -> Answer:
    file = request.of(WebClient).file(name)
    if file is None:
        raise Refused(Errcode.NOT_FOUND, "The web client has no such file.")
    encoding, form = file.form_for(request.header("accept-encoding"))
    etag = f'"{file.etag}-{encoding}"'
    kept: tuple[tuple[str, str], ...] = (
        ("Cache-Control", FOR_EVER if file.is_immutable else ASK_AGAIN),
        ("ETag", etag),
        ("Vary", "Accept-Encoding"),
    )
    if etag in (each.strip() for each in (request.header("if-none-match") or "").split(",")):
        return Answer(304, b"", kept)
    headers = (("Content-Type", file.content_type), *kept, *ALWAYS)
    if encoding != "identity":
        headers += (("Content-Encoding", encoding),)
    if name == PAGE:
        headers += PAGE_HEADERS
    return Streamed(200, headers=headers, length=form.size_bytes, pieces=pieces(form), path=str(form.path))


def _front_page(request: Request) -> Answer:
    settings = request.of(Settings)
    missing = _NOT_BUILT if request.of(WebClient).is_wanted else ""
    text = _PAGE.format(server_name=escape(settings.server_name), base_url=escape(settings.base_url), missing=missing)
    headers = (
        ("Content-Type", "text/html; charset=utf-8"),
        ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"),
        *ALWAYS,
    )
    return Answer(200, text.encode(), headers)


_NOT_BUILT = """<p>Its own web client is not here, because it was not built. With Node 20 or later on the machine, run
<code>make install</code> in the working copy and start the server again.</p>
"""

_PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>Chappe on {server_name}</title>
<style>
body {{ font: 1.1rem/1.6 system-ui, sans-serif; max-width: 36rem; margin: 12vh auto; padding: 0 1.2rem;
        color: #1b2733; background: #fbfaf7 }}
code {{ background: #ece8df; padding: .1rem .35rem; border-radius: .3rem }}
a {{ color: #0a5a8a }}
@media (prefers-color-scheme: dark) {{
  body {{ color: #e4e2dc; background: #14181d }} code {{ background: #262d35 }} a {{ color: #7cc4f0 }}
}}
</style></head>
<body>
<h1>Chappe on {server_name}</h1>
<p>This is a messaging server. It speaks the Matrix Client-Server API: open a Matrix client, choose
“other server”, and give it this address:</p>
<p><code>{base_url}</code></p>
{missing}<p>Your name here looks like <code>@you:{server_name}</code>. Who may make an account is for the people who run
this server to say: ask them for an invitation.</p>
</body></html>
"""
