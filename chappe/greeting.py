"""What the operator reads when the server is ready."""

from chappe import accounts
from chappe.config import Settings
from chappe.errors import Refused
from chappe.storage import Database
from chappe.stream import Bus


async def greeting(settings: Settings, bus: Bus, database: Database, *, has_client: bool) -> str:
    """Where the server is reached, how its first account is made, and what was decided about it."""
    lines = [
        f"Chappe is ready: {settings.base_url}  (server name {settings.server_name}, data in {settings.data_dir})",
        "",
    ]
    try:
        link = await accounts.owner_link(bus, database, settings)
    except Refused as no:  # a full disk, say: what is there can be read all the same
        lines += [f"  There is no link for making the owner's account. {no.reason}", ""]
        link = None
    if link is not None:
        lines += ["  No owner yet. Open this link once, within a day, to make the owner's account:", f"    {link}", ""]
    lines += [
        f"  Client: {_client(has_client)}",
        f"  Registration: {_REGISTRATION[settings.registration.value]}",
        f"  Reached from: {_reach(settings)}",
        "  Not yet: federation with other servers (see README).",
        f"  The server name {settings.server_name!r} is part of every user ID and room: it cannot be changed once",
        "  people are invited." + (_CHOOSE_NAME if settings.server_name == "localhost" else ""),
        "",
    ]
    return "\n".join(lines)


_CHOOSE_NAME = " For more than a try, choose one now: chappe serve --server-name example.org"

_REGISTRATION = {
    "open": "open to everybody who reaches this address",
    "token": "only with a registration token",
    "approval": "everybody may ask, an operator approves",
    "closed": "closed",
}


def _client(has_client: bool) -> str:
    return (
        "this address, in a browser; or another" if has_client else "nheko, for example"
    ) + ", with it as homeserver"


def _reach(settings: Settings) -> str:
    if settings.bind_host in ("127.0.0.1", "::1"):
        return "this machine only" + (", but for what a proxy passes on" if settings.public_baseurl else "")
    return f"every machine that reaches {settings.bind_host} port {settings.port}, without encryption of its own"
