"""Telling browsers through the push services of their makers. RFC 8030; encrypted to the browser (RFC 8291)."""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from chappe.clock import Clock
from chappe.config import Settings
from chappe.errors import Errcode, Refused
from chappe.push.gateway import Gateways, Undelivered
from chappe.push.ruleset import JSON
from chappe.push.web_push import gateway_of, payload, require_subscription, subscription_of

if TYPE_CHECKING:
    from chappe.push.vapid import Vapid

TTL_S = 24 * 60 * 60
"""How long a push service keeps what a browser that is away was told."""
GONE = (404, 410)
"""The subscription was ended (RFC 8030, 7.3)."""
TOO_LARGE = 413
COUNTS = "counts"
"""The topic of what only tells how much is unread: the newest replaces others (RFC 8030, 5.4)."""


class WebPush:
    """The push gateway of this server itself."""

    def __init__(self, settings: Settings, clock: Clock, gateways: Gateways) -> None:
        self.url = gateway_of(settings.base_url)
        self._settings = settings
        self._clock = clock
        self._gateways = gateways
        self._key: Vapid | None = None

    @property
    def vapid(self) -> "Vapid":
        """The key of this server."""
        if self._key is None:
            from chappe.push.vapid import Vapid

            self._key = Vapid(self._settings.data_dir)
        return self._key

    def require(self, data: JSON) -> None:
        """Refuse the data of a pusher with which no browser can be told."""
        from chappe.push.vapid import is_point

        found = require_subscription(data, self.url, self._settings.push_private_networks)
        if not is_point(found.public_key):
            raise Refused(Errcode.INVALID_PARAM, "data.keys.p256dh is no key.")

    async def tell(self, data: JSON, notification: JSON, tweaks: JSON) -> bool:
        """Tell one browser. Returns whether its subscription still is; raises `Undelivered`."""
        from chappe.push.vapid import encrypted

        to = subscription_of(data)
        parts = urlsplit(to.endpoint)
        is_urgent = notification.get("prio", "high") == "high" and "event_id" in notification
        proof = self.vapid.proof(f"{parts.scheme}://{parts.netloc}", self._contact, self._clock.now_ms())
        headers = [
            ("Authorization", proof),
            ("Content-Encoding", "aes128gcm"),
            ("Content-Type", "application/octet-stream"),
            ("TTL", str(TTL_S)),
            ("Urgency", "high" if is_urgent else "normal"),
        ]
        if "event_id" not in notification:
            headers.append(("Topic", COUNTS))
        answer = await self._gateways.post(to.endpoint, headers, encrypted(payload(notification, tweaks), to))
        if answer.status in GONE:
            return False
        if not answer.is_success and answer.status != TOO_LARGE:
            raise Undelivered(f"the push service answered {answer.status}")
        return True

    @property
    def _contact(self) -> str:
        mail = self._settings.mail
        return f"mailto:{mail.from_address}" if mail is not None else self._settings.base_url
