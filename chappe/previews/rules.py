"""Which addresses are read for a preview, and what is told about a page. Pure.

Client-Server API v1.19, "GET /media/preview_url"; the words of a page are those of the OpenGraph protocol.
"""

import re
import unicodedata
from hashlib import sha256
from urllib.parse import quote, urljoin, urlsplit

MAX_URL_CHARS = 2_000
MAX_CHARS = {"og:title": 300, "og:description": 1_000, "og:site_name": 100, "og:type": 50}
"""What is told of a page, and how much of each."""
PORTS = frozenset({80, 443})
"""Of public addresses. Others are no pages that people link to, but what somebody would like to knock at."""

_SAFE_IN_PATH = "%/:=&?~#+!$,;'@()*[]|"
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,252}[a-z0-9])?|\[[0-9a-f:.]{2,45}\]")
_TURNING = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def address_of(url: str, base: str = "") -> str | None:
    """The address that is asked for: plain ASCII, without a fragment. None for what is no page of the web."""
    if len(url) > MAX_URL_CHARS:
        return None
    try:
        parts = urlsplit(urljoin(base, url.strip()))
        host, port = _host_of(parts.hostname or ""), parts.port
    except (ValueError, UnicodeError):
        return None
    if parts.scheme not in ("http", "https") or host is None or port == 0 or "@" in parts.netloc:
        return None
    place = host if port is None else f"{host}:{port}"
    path, query = quote(parts.path or "/", _SAFE_IN_PATH), quote(parts.query, _SAFE_IN_PATH)
    address = f"{parts.scheme}://{place}{path}" + (f"?{query}" if query else "")
    return address if len(address) <= 2 * MAX_URL_CHARS else None


def digest_of(address: str) -> str:
    """Under what the preview of an address is kept: which pages people link to is not written down."""
    return sha256(address.encode()).hexdigest()


def told(said: dict[str, str]) -> dict[str, str]:
    """What a page says of itself, as it is told: in one line each, and no longer than it may be."""
    found = {name: _one_line(said.get(name, ""))[:most].strip() for name, most in MAX_CHARS.items()}
    return {name: text for name, text in found.items() if text}


def _host_of(host: str) -> str | None:
    """The host in ASCII (RFC 5891), or None."""
    if ":" in host:
        host = f"[{host}]"
    elif not host.isascii():
        host = host.encode("idna").decode("ascii")
    return host if _HOST.fullmatch(host) else None


def _one_line(text: str) -> str:
    """Without what would turn other text around, and control characters."""
    visible = "".join(" " if unicodedata.category(one) in ("Cc", "Cs", "Zl", "Zp") else one for one in text)
    return " ".join(_TURNING.sub("", visible).split())
