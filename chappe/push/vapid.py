"""The key with which this server proves to push services who it is (VAPID, RFC 8292), and encryption to browsers.

Imported with the first use: what it needs is large, and many servers have no browser to tell.
"""

from base64 import urlsafe_b64encode
from pathlib import Path

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02, VapidException

from chappe.errors import Errcode, Refused
from chappe.identity import write_private
from chappe.push.web_push import Subscription

KEY_FILE = "web_push.key"
VALID_S = 12 * 60 * 60
"""How long a proof holds; RFC 8292 permits a day."""
RECORD_BYTES = 4_096

_CURVE = ec.SECP256R1()


class Vapid:
    """The key of this server. It is made when it is first needed, and kept: subscriptions belong to it."""

    def __init__(self, data_dir: Path) -> None:
        path = data_dir / KEY_FILE
        try:
            if not path.exists():
                new = Vapid02()
                new.generate_keys()
                write_private(path, new.private_pem().decode(), once=True)
            self._key = Vapid02.from_pem(path.read_bytes())  # a backup may have made it at the same moment
        except (OSError, ValueError, VapidException) as error:
            raise Refused(Errcode.UNKNOWN, f"The key {path.name} in the data folder cannot be used.") from error
        self._key.conf = {"no-strict": True}  # who is responsible may be an address of any kind
        point = self._key.public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.public_key = urlsafe_b64encode(point).rstrip(b"=").decode()
        """As browsers take it: `applicationServerKey`."""

    def proof(self, origin: str, contact: str, now: int) -> str:
        """The header Authorization for a push service. `contact`: whom its operator may write to."""
        claims = {"aud": origin, "sub": contact, "exp": now // 1000 + VALID_S}
        return str(self._key.sign(claims)["Authorization"])


def is_point(public_key: bytes) -> bool:
    """Whether it is a key that can be encrypted to."""
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, public_key)
    except ValueError:
        return False
    return True


def encrypted(text: bytes, to: Subscription) -> bytes:
    """The text for one browser, as `aes128gcm` (RFC 8291)."""
    once = ec.generate_private_key(_CURVE)
    return bytes(http_ece.encrypt(text, private_key=once, dh=to.public_key, auth_secret=to.secret, rs=RECORD_BYTES))
