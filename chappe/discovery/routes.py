"""GET /versions, /capabilities, /.well-known/matrix/client: what clients ask first."""

from collections.abc import Awaitable, Callable

from chappe.config import Settings
from chappe.discovery.versions import UNSTABLE_FEATURES, VERSIONS
from chappe.events.versions import ROOM_VERSIONS
from chappe.http import GUEST, NOBODY, OPTIONAL, Request, Routes

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
