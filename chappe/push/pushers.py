"""A pusher as it is stored and shown, and what one may look like. Pure."""

from urllib.parse import SplitResult, urlsplit

import msgspec

from chappe.errors import Errcode, Refused
from chappe.outside.addresses import is_outside
from chappe.push.ruleset import JSON

HTTP = "http"
EMAIL = "email"
EMAIL_APP = "m.email"
"""The app id of pushers that are mail addresses."""
PATH = "/_matrix/push/v1/notify"
MAX_PUSHERS = 50
"""Pushers of one account."""
MAX_PUSHKEY_BYTES = 512
MAX_APP_ID_CHARS = 64
MAX_NAME_CHARS = 255
"""Of app and device, of the profile tag and the language."""
MAX_URL_CHARS = 2_000
MAX_DATA_BYTES = 8_192


class Pusher(msgspec.Struct, frozen=True):
    """Where one of a person's clients is told. `sent` is the place of the last notification dealt with."""

    user_id: str
    app_id: str
    pushkey: str
    app_display_name: str
    device_display_name: str
    profile_tag: str | None
    lang: str
    data: JSON
    changed_at: int
    sent: int

    @property
    def url(self) -> str:
        """The gateway's address; a pusher that is a mail address has none."""
        return str(self.data["url"])

    @property
    def ids_only(self) -> bool:
        """Whether the gateway is told of nothing but ids."""
        return self.data.get("format") == "event_id_only"

    def shown(self) -> JSON:
        """The pusher as clients see it."""
        shown: JSON = {
            "kind": EMAIL if self.app_id == EMAIL_APP else HTTP,
            "app_id": self.app_id,
            "pushkey": self.pushkey,
            "app_display_name": self.app_display_name,
            "device_display_name": self.device_display_name,
            "lang": self.lang,
            "data": self.data,
        }
        if self.profile_tag is not None:
            shown["profile_tag"] = self.profile_tag
        return shown


def require_names(app_id: str, pushkey: str, *names: str) -> None:
    """Refuse names and keys that are empty, too long, or hold a NUL."""
    if not 0 < len(app_id) <= MAX_APP_ID_CHARS or not 0 < len(pushkey.encode()) <= MAX_PUSHKEY_BYTES:
        raise Refused(
            Errcode.INVALID_PARAM,
            f"app_id has 1 to {MAX_APP_ID_CHARS} characters, pushkey 1 to {MAX_PUSHKEY_BYTES} bytes.",
        )
    if any(len(name) > MAX_NAME_CHARS for name in names):
        raise Refused(Errcode.INVALID_PARAM, f"Names, language and tag have at most {MAX_NAME_CHARS} characters.")
    if any("\0" in text for text in (app_id, pushkey, *names)):
        raise Refused(Errcode.INVALID_PARAM, "A text contains the character U+0000.")


def packed_data(data: JSON, private_networks: tuple[str, ...]) -> bytes:
    """The pusher's data as it is stored; refused without the address of a gateway that may be told.

    What a host name stands for is looked at whenever it is connected to.
    """
    url = data.get("url")
    if not isinstance(url, str):
        raise Refused(Errcode.MISSING_PARAM, "data needs the url of the push gateway.")
    require_url(url, private_networks)
    return packed(data)


def packed(data: JSON) -> bytes:
    """The pusher's data as it is stored; refused if that is too much."""
    stored = msgspec.json.encode(data)
    if len(stored) > MAX_DATA_BYTES:
        raise Refused(Errcode.TOO_LARGE, f"The data of a pusher has at most {MAX_DATA_BYTES} bytes.")
    return stored


def require_url(url: str, private_networks: tuple[str, ...]) -> None:
    """Refuse what is no address of a push gateway, and one inside a private network that is not allowed."""
    parts = require_address(url, private_networks, "The url of a push gateway")
    if parts.path != PATH or parts.fragment:
        raise Refused(Errcode.INVALID_PARAM, f"The url of a push gateway has the path {PATH}.")


def require_address(url: str, private_networks: tuple[str, ...], what: str) -> SplitResult:
    """Refuse an address that this server may not connect to for a client. Returns its parts."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port, parts = "", 0, urlsplit("")
    schemes = ("https", "http") if private_networks else ("https",)
    is_sound = url.isascii() and url.isprintable() and " " not in url and len(url) <= MAX_URL_CHARS
    if (
        not is_sound
        or not url.startswith(tuple(f"{scheme}://" for scheme in schemes))
        or not host
        or port == 0
        or parts.username is not None
    ):
        raise Refused(Errcode.INVALID_PARAM, f"{what} begins with https:// and a host.")
    if is_outside(host, private_networks) is False:
        raise Refused(Errcode.INVALID_PARAM, "This server tells nobody inside private networks.")
    return parts
