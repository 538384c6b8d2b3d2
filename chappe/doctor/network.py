"""Names and addresses: whether clients find this server."""

import fcntl
import json
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpcore

from chappe.doctor.finding import Finding, Look, bad, ok, warn

SECONDS = 5.0
MAX_BODY_BYTES = 65_536
VERSIONS = "/_matrix/client/versions"
WELL_KNOWN = "/.well-known/matrix/client"


def check_answering(look: Look) -> Iterator[Finding]:
    """Whether the server runs, and answers here and at its public address."""
    settings = look.settings
    here = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.bind_host, settings.bind_host)  # noqa: S104  # compared
    address = f"http://[{here}]:{settings.port}" if ":" in here else f"http://{here}:{settings.port}"
    answer = _get(address + VERSIONS)
    if "versions" in answer.json:
        yield ok("server", f"it answers at {address}")
    elif settings.storage == "sqlite" and not _is_locked(settings.data_dir / "chappe.lock"):
        yield warn("server", "it does not run", "Start it: systemctl start chappe.")
    else:
        mend = "Look into its log; is this the configuration that it runs with?"
        yield bad("server", f"nothing of Matrix at {address}: {answer.fault}", mend)
    if settings.public_baseurl is None or look.offline:
        return
    answer = _get(settings.public_baseurl + VERSIONS)
    if "versions" in answer.json:
        yield ok("public address", f"{settings.public_baseurl} answers")
    else:
        told = f"{settings.public_baseurl} does not answer: {answer.fault}"
        yield bad(
            "public address", told, "Check the proxy, its certificate and the firewall: docs/operating/install.md."
        )


def check_names(look: Look) -> Iterator[Finding]:
    """Whether the names that people and clients use are known."""
    if look.offline or look.settings.server_name == "localhost":
        return
    public = urlsplit(look.settings.base_url).hostname or ""
    server = look.settings.server_name.rsplit(":", 1)[0].strip("[]")
    for name in dict.fromkeys((server, public)):
        try:
            found = sorted({str(entry[4][0]) for entry in socket.getaddrinfo(name, 443, type=socket.SOCK_STREAM)})
        except OSError as error:
            yield bad("names", f"{name} is not found: {error}", "Make its A and AAAA records, or correct the setting.")
        else:
            yield ok("names", f"{name} is {', '.join(found[:4])}")


def check_well_known(look: Look) -> Iterator[Finding]:
    """Whether clients that are told the server name find the address."""
    settings = look.settings
    if look.offline or settings.server_name == "localhost":
        return
    address = f"https://{settings.server_name}{WELL_KNOWN}"
    answer = _get(address)
    homeserver = answer.json.get("m.homeserver")
    told = homeserver.get("base_url") if isinstance(homeserver, dict) else None
    mend = f"Let {address} answer what {settings.base_url}{WELL_KNOWN} answers."
    if not isinstance(told, str):
        yield bad("well-known", f"{address}: {answer.fault or 'it names no homeserver'}", mend)
    elif told.rstrip("/") != settings.base_url:
        yield bad("well-known", f"{address} sends clients to {told}, not to {settings.base_url}", mend)
    elif answer.origin != "*":
        told = f"{address} lacks the header Access-Control-Allow-Origin: *"
        yield bad("well-known", told, "Add it: without, clients in a browser cannot read the answer.")
    else:
        yield ok("well-known", f"{address} leads to {told}")


class _Got:
    """What came back from an address: JSON, or why not."""

    def __init__(self, json: dict[str, object], fault: str = "", origin: str = "") -> None:
        self.json = json
        self.fault = fault
        self.origin = origin


def _get(address: str) -> _Got:
    limits = {"connect": SECONDS, "read": SECONDS, "write": SECONDS, "pool": SECONDS}
    try:
        with httpcore.stream("GET", address, extensions={"timeout": limits}) as response:
            body = b""
            for piece in response.iter_stream():
                body += piece
                if len(body) > MAX_BODY_BYTES:
                    return _Got({}, "the answer is too long")
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, OSError, ValueError) as error:
        return _Got({}, str(error) or type(error).__name__)
    if response.status != 200:
        return _Got({}, f"the answer has status {response.status}")
    origin = next(
        (value.decode() for name, value in response.headers if name.lower() == b"access-control-allow-origin"), ""
    )
    try:
        read = json.loads(body)
    except (ValueError, RecursionError):
        return _Got({}, "the answer is no JSON")
    return _Got(read, origin=origin) if isinstance(read, dict) else _Got({}, "the answer is no JSON object")


def _is_locked(path: Path) -> bool:
    """Whether a process holds the lock of the data folder."""
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
