"""The kinds of settings that say where something is: a database, files, an address to listen on."""

import ipaddress
import re
from urllib.parse import urlsplit

from chappe.config import kinds
from chappe.config.kinds import Kind, Unfit


def storage() -> Kind[str]:
    """Where the database is."""
    says = '"sqlite", or the address of a PostgreSQL database: postgresql://user:password@host/database'

    def read(value: object) -> str:
        if value == "sqlite":
            return "sqlite"
        try:
            parts = urlsplit(value) if isinstance(value, str) else None
            sound = parts is not None and parts.scheme in ("postgresql", "postgres") and parts.port != 0
        except ValueError:
            sound = False
        if not sound:
            raise Unfit.because(f"must be {says}")
        return str(value)

    return Kind(says, read, kinds.verbatim)


def media_storage() -> Kind[str]:
    """Where uploaded files are kept."""
    says = '"files", or the address of a bucket: s3://key:secret@host/bucket'

    def read(value: object) -> str:
        if value == "files":
            return "files"
        try:
            parts = urlsplit(value) if isinstance(value, str) else None
            sound = parts is not None and parts.scheme in ("s3", "s3+http") and parts.port != 0
            sound = sound and parts is not None and bool(parts.hostname and parts.username and parts.password)
            sound = sound and parts is not None and re.fullmatch(r"/[a-z0-9.-]{3,63}", parts.path) is not None
        except ValueError:
            sound = False
        if not sound:
            raise Unfit.because(f"must be {says}")
        return str(value)

    return Kind(says, read, kinds.verbatim)


def bus() -> Kind[str]:
    """How processes talk to each other."""

    def read(value: object) -> str:
        if isinstance(value, str) and value.startswith(("nats://", "tls://")):
            raise Unfit.because('cannot be NATS yet: this version runs as one process. Write "process"')
        if value != "process":
            raise Unfit.because('must be "process"')
        return "process"

    return Kind('"process"', read, kinds.verbatim)


def listening() -> Kind[str]:
    """An IP address of this machine and a port."""
    says = "an IP address and a port, such as 127.0.0.1:9108 or [::1]:9108"

    def read(value: object) -> str:
        host, _, port = value.rpartition(":") if isinstance(value, str) else ("", "", "")
        bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
        try:
            address = ipaddress.ip_address(bare)
        except ValueError:
            raise Unfit.because(f"must be {says}") from None
        if (address.version == 6) != (bare != host) or not re.fullmatch(r"[1-9][0-9]{0,4}", port) or int(port) > 65535:
            raise Unfit.because(f"must be {says}")
        return f"{host}:{port}"

    return Kind(says, read, kinds.verbatim)
