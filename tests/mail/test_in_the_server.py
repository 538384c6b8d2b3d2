"""The whole server with a relay: what was queued goes out by itself, also after a restart."""

import asyncio
from pathlib import Path

import pytest

from chappe.app import Chappe
from chappe.config import Settings
from tests.conftest import make_settings
from tests.house import Clock, House
from tests.mail.relay import relaying, text_of

pytestmark = pytest.mark.anyio

BODY = {"client_secret": "s", "email": "ann@example.org", "send_attempt": 1}
PATH = "/register/email/requestToken"


def with_relay(folder: Path, port: int) -> Settings:
    return make_settings(
        folder, mail=f'{{ host = "127.0.0.1", port = {port}, tls = "none", from_address = "chat@chat.example" }}'
    )


async def test_a_letter_goes_out_by_itself(tmp_path: Path) -> None:
    async with relaying() as relay:
        clock = Clock()
        house = House(await Chappe.open(with_relay(tmp_path, relay.port), clock), clock)
        (await house.request("POST", PATH, BODY)).ok()
        async with asyncio.timeout(10):
            await relay.arrived.wait()
        assert "http://127.0.0.1:8008/_chappe/email/confirm?token=" in text_of(relay.message())
        ann = await house.person("ann")
        assert (await ann.get("/capabilities")).ok()["capabilities"]["m.3pid_changes"] == {"enabled": True}
        await house.close()


async def test_a_letter_that_waits_survives_a_restart(tmp_path: Path) -> None:
    async with relaying() as relay:
        port = relay.port
    clock = Clock()
    house = House(await Chappe.open(with_relay(tmp_path, port), clock), clock)
    (await house.request("POST", PATH, BODY)).ok()
    await house.close()
    async with relaying() as relay:
        clock.advance(600)
        house = House(await Chappe.open(with_relay(tmp_path, relay.port), clock), clock)
        async with asyncio.timeout(10):
            await relay.arrived.wait()
        await house.settle()
        assert len(relay.envelopes) == 1
        await house.close()
