"""GET /versions, /capabilities, /.well-known/matrix/client, and a page for people with a browser."""

from collections.abc import Awaitable, Callable
from html import escape

from chappe.config import Settings
from chappe.discovery.versions import UNSTABLE_FEATURES, VERSIONS
from chappe.events.versions import ROOM_VERSIONS
from chappe.http import GUEST, NOBODY, OPTIONAL, Answer, Request, Routes

routes = Routes()

Capability = Callable[[Request], Awaitable[dict[str, object]]]
"""`capability(request)`: further capabilities of whoever asks, by their names."""


class Capabilities(list[Capability]):
    """What other slices let their users do."""


@routes.get("/_matrix/client/versions", auth=OPTIONAL)
async def get_versions(request: Request) -> dict[str, object]:
    """The versions of the specification this server keeps to (spec: "GET /_matrix/client/versions")."""
    return {"versions": list(VERSIONS), "unstable_features": UNSTABLE_FEATURES}


@routes.get("/_matrix/client/v3/capabilities", auth=GUEST)
async def get_capabilities(request: Request) -> dict[str, object]:
    """What this server lets its users do (spec: "Capabilities negotiation")."""
    settings = request.of(Settings)
    profile_fields = {"enabled": True}
    more: dict[str, object] = {}
    for capability in request.of(Capabilities):
        more |= await capability(request)
    return {
        "capabilities": {
            **more,
            "m.room_versions": {
                "default": settings.room_version,
                "available": dict.fromkeys(ROOM_VERSIONS, "stable"),
            },
            "m.change_password": {"enabled": True},
            "m.set_displayname": {"enabled": True},
            "m.set_avatar_url": {"enabled": True},
            "m.3pid_changes": {"enabled": settings.mail is not None},
            "m.get_login_token": {"enabled": True},
            "m.profile_fields": profile_fields,
            "uk.tcpip.msc4133.profile_fields": profile_fields,
            "m.forget_forced_upon_leave": {"enabled": False},
        }
    }


@routes.get("/.well-known/matrix/client", auth=NOBODY)
async def get_well_known(request: Request) -> dict[str, object]:
    """Where clients of this server name find the server (spec: "Well-known URI")."""
    return {"m.homeserver": {"base_url": request.of(Settings).base_url}}


@routes.get("/", auth=NOBODY)
async def get_front_page(request: Request) -> Answer:
    """For a person who opens the address in a browser: what this is, and what to do with it."""
    settings = request.of(Settings)
    body = _PAGE.format(server_name=escape(settings.server_name), base_url=escape(settings.base_url))
    headers = (
        ("content-type", "text/html; charset=utf-8"),
        ("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
    )
    return Answer(200, body.encode(), headers)


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
<p>Your name here looks like <code>@you:{server_name}</code>. Who may make an account is for the people who run
this server to say: ask them for an invitation.</p>
</body></html>
"""
