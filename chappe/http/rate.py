"""How often something may be asked for: the generic cell rate algorithm over bounded tables.

For each key one number is kept, the *theoretical arrival time*: when the caller would have used up what it
asked for so far at the permitted rate. A request is refused when that time lies further ahead than the burst.
Matrix: Client-Server API v1.19, "Rate limiting".
"""

import ipaddress
import math
from collections import OrderedDict
from collections.abc import Mapping
from enum import Enum

from chappe.clock import Clock
from chappe.config import Rate
from chappe.errors import Errcode, Refused

MAX_KEYS = 50_000
"""People and addresses remembered for each limit. The one seen least recently is forgotten first."""


class Limit(Enum):
    """What is counted. Each counts by itself: sending does not use up reading."""

    NONE = "none"
    MESSAGES = "messages"
    LOGIN = "login"
    REGISTRATION = "registration"
    ROOMS = "rooms"
    JOINS = "joins"
    INVITES = "invites"
    READS = "reads"
    WRITES = "writes"
    SEARCH = "search"
    TYPING = "typing"
    RECEIPTS = "receipts"
    TO_DEVICE = "to_device"
    UPLOADS = "uploads"
    CLAIMS = "claims"
    PREVIEWS = "previews"


DEFAULT_RATES: Mapping[Limit, Rate] = {
    Limit.MESSAGES: Rate(per_second=5, burst=50),
    Limit.LOGIN: Rate(per_second=0.2, burst=10),
    Limit.REGISTRATION: Rate(per_second=0.1, burst=10),
    Limit.ROOMS: Rate(per_second=0.1, burst=20),
    Limit.JOINS: Rate(per_second=0.5, burst=30),
    Limit.INVITES: Rate(per_second=0.5, burst=30),
    Limit.READS: Rate(per_second=50, burst=300),
    Limit.WRITES: Rate(per_second=5, burst=100),
    Limit.SEARCH: Rate(per_second=1, burst=20),
    Limit.TYPING: Rate(per_second=2, burst=20),
    Limit.RECEIPTS: Rate(per_second=5, burst=50),
    Limit.TO_DEVICE: Rate(per_second=20, burst=500),
    Limit.UPLOADS: Rate(per_second=1, burst=100),
    Limit.CLAIMS: Rate(per_second=10, burst=2000),
    Limit.PREVIEWS: Rate(per_second=2, burst=100),
}
"""For each person, or for each address where nobody is logged in. A limit that is not here is not applied."""


def rates_from(setting: bool | Mapping[str, Rate]) -> Mapping[Limit, Rate]:
    """The rates of the setting `rate_limits`: all by default, none, or the defaults with some replaced.

    Raises ValueError when a name is not one of `Limit`.
    """
    if setting is False:
        return {}
    if setting is True:
        return DEFAULT_RATES
    known = {limit.value: limit for limit in Limit if limit is not Limit.NONE}
    unknown = sorted(set(setting) - set(known))
    if unknown:
        raise ValueError(f"There is no rate limit named {', '.join(unknown)}. There are: {', '.join(known)}.")
    return {**DEFAULT_RATES, **{known[name]: rate for name, rate in setting.items()}}


class RateLimits:
    """The counters of one process."""

    def __init__(self, rates: Mapping[Limit, Rate], clock: Clock) -> None:
        self._now = clock.monotonic
        self._counted: dict[Limit, tuple[float, float, OrderedDict[str, float]]] = {
            limit: (1.0 / rate.per_second, rate.burst / rate.per_second, OrderedDict[str, float]())
            for limit, rate in rates.items()
            if limit is not Limit.NONE
        }

    @property
    def is_off(self) -> bool:
        """Whether nothing is counted: the setting `rate_limits = false`."""
        return not self._counted

    def hit(self, limit: Limit, key: str, times: int = 1) -> None:
        """Count one request of `key`: a user id, a client address, a device that proves whose it is.

        Refuses with LIMIT_EXCEEDED and `retry_after_ms` when it came too soon; it then counts for nothing.
        A request that does something several `times` is let in whenever one is, or it might never be; what it
        did beyond the burst is waited for afterwards.
        """
        counted = self._counted.get(limit)
        if counted is None:
            return
        interval, burst_seconds, arrivals = counted
        now = self._now()
        used_up = max(arrivals.get(key, now), now)
        # A billionth of a second forgives the rounding of many additions.
        too_early = used_up + interval - now - burst_seconds
        if too_early > 1e-9:
            raise Refused(
                Errcode.LIMIT_EXCEEDED,
                "Too many requests of this kind. Wait before the next one.",
                retry_after_ms=math.ceil(too_early * 1000),
            )
        arrivals[key] = used_up + interval * times
        arrivals.move_to_end(key)
        if len(arrivals) > MAX_KEYS:
            arrivals.popitem(last=False)

    def give_back(self, limit: Limit, key: str) -> None:
        """Take back one `hit`, where only failures count: a password that was right.

        It is counted before, and not after it was found wrong, or many at once would each come first.
        """
        if (counted := self._counted.get(limit)) is not None:
            interval, _, arrivals = counted
            if key in arrivals:
                arrivals[key] -= interval


def key_of_address(address: str) -> str:
    """The key under which a client address is counted: an IPv6 /64, since that is what one subscriber gets."""
    if ":" not in address:
        return address
    try:
        return str(ipaddress.IPv6Network((address.partition("%")[0], 64), strict=False))
    except ValueError:
        return address
