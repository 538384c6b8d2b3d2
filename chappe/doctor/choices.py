"""Settings that are right each by itself, and seldom meant together."""

import ipaddress
from collections.abc import Iterator
from urllib.parse import urlsplit

from chappe.config import Registration
from chappe.doctor.finding import Finding, Look, bad, ok, warn


def check_choices(look: Look) -> Iterator[Finding]:
    """Whether the settings fit together."""
    found = [*_names(look), *_doors(look)]
    yield from found or [ok("settings", f"server name {look.settings.server_name}, at {look.settings.base_url}")]


def _names(look: Look) -> Iterator[Finding]:
    settings = look.settings
    public = settings.public_baseurl
    if settings.server_name == "localhost" and public is not None:
        mend = "It cannot be changed once people are invited: choose server_name before."
        yield warn("server_name", 'it is "localhost", though the server has a public address', mend)
    if settings.server_name != "localhost" and public is None:
        mend = "Set public_baseurl to the address at which clients reach the server."
        yield warn("public_baseurl", f"clients are told to come to {settings.base_url}", mend)
    if public is not None and urlsplit(public).scheme != "https" and not _is_private(urlsplit(public).hostname or ""):
        mend = "Put a proxy with TLS in front, and write https:// there."
        yield bad("public_baseurl", "passwords and tokens travel without encryption", mend)


def _doors(look: Look) -> Iterator[Finding]:
    settings = look.settings
    if settings.public_baseurl is not None and not settings.trusted_proxies:
        mend = 'Name your proxy in trusted_proxies, for example ["127.0.0.1"], unless there is none.'
        told = "all clients seem to come from one address, and share its limits"
        yield warn("trusted_proxies", told, mend)
    if any(ipaddress.ip_network(network).prefixlen == 0 for network in settings.trusted_proxies):
        yield bad("trusted_proxies", "anybody can choose the address they are counted under", "Name your proxy alone.")
    if not _is_private(settings.bind_host) or settings.bind_host in ("0.0.0.0", "::"):  # noqa: S104  # compared
        mend = "Let only your proxy reach it: bind_host 127.0.0.1, or a firewall."
        yield warn("bind_host", f"port {settings.port} is reached from outside without encryption", mend)
    if settings.registration is Registration.OPEN and settings.public_baseurl is not None:
        yield warn("registration", "it is open to everybody", 'Set registration to "token" or "approval" unless meant.')
    if settings.rate_limits is False:
        yield bad("rate_limits", "there are none: passwords can be guessed as fast as the machine goes", "Remove it.")


def _is_private(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return False
