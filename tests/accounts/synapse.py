"""What an operator's tool does to register accounts by the shared secret."""

import hmac
from hashlib import sha1
from typing import TYPE_CHECKING

from tests.house import Said

if TYPE_CHECKING:
    from tests.accounts.conftest import Desk

PATH = "/_synapse/admin/v1/register"
SECRET = "the shared secret"


def mac_of(secret: str, *parts: str) -> str:
    return hmac.new(secret.encode(), "\0".join(parts).encode(), sha1).hexdigest()


async def register_by_secret(
    desk: "Desk", name: str, *, password: str = "short", admin: bool = False, nonce: str | None = None, **more: object
) -> Said:
    nonce = nonce or (await desk.get(PATH)).ok()["nonce"]
    mac = mac_of(SECRET, nonce, name, password, "admin" if admin else "notadmin")
    body = {"nonce": nonce, "username": name, "password": password, "admin": admin, "mac": mac, **more}
    return await desk.post(PATH, body)
