"""Call relays, contacts and bridged networks: told as configured, and nothing where nothing is."""

import hmac
from base64 import b64encode
from pathlib import Path

import pytest

from chappe.config import Settings
from tests.conftest import make_settings
from tests.house import House

pytestmark = pytest.mark.anyio


async def test_nothing_is_configured(house: House) -> None:
    """getTurnServer, getWellknownSupport, getProtocols without settings."""
    anna = await house.person("anna")
    assert (await anna.get("/voip/turnServer")).ok() == {}
    assert (await anna.get("/thirdparty/protocols")).ok() == {}
    assert (await house.request("GET", "/.well-known/matrix/support")).errcode == "M_NOT_FOUND"
    assert (await house.request("GET", "/voip/turnServer")).status == 401


class TestConfigured:
    @pytest.fixture
    def settings(self, tmp_path: Path) -> Settings:
        return make_settings(
            tmp_path,
            turn_uris="turn:t.example.org?transport=udp, turns:t.example.org",
            turn_shared_secret="secret",
            turn_lifetime="600",
            support_contacts='[{ role = "m.role.admin", email_address = "a@example.org" }]',
            support_page="https://example.org/help",
        )

    async def test_relays(self, house: House) -> None:
        """getTurnServer: the password is the one that coturn computes from the user name and the secret."""
        anna = await house.person("anna")
        told = (await anna.get("/voip/turnServer")).ok()
        until, _, user_id = told["username"].partition(":")
        assert user_id == anna.user_id
        assert 0 <= int(until) - house.clock.now_ms() // 1000 - 599 <= 1
        password = b64encode(hmac.digest(b"secret", told["username"].encode(), "sha1")).decode()
        assert told | {"username": ""} == {
            "username": "",
            "password": password,
            "ttl": 600,
            "uris": ["turn:t.example.org?transport=udp", "turns:t.example.org"],
        }

    async def test_support(self, house: House) -> None:
        """getWellknownSupport: for everybody."""
        assert (await house.request("GET", "/.well-known/matrix/support")).ok() == {
            "contacts": [{"role": "m.role.admin", "email_address": "a@example.org"}],
            "support_page": "https://example.org/help",
        }
