"""People with phones, and the gateway that their phones are reached by."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from chappe.config import Settings
from tests.conftest import make_settings
from tests.push.gateway import GatewayServer, gateway_server


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Gateways may be on this machine."""
    return make_settings(tmp_path, push_private_networks="127.0.0.0/8")


@pytest.fixture
async def gateway() -> AsyncIterator[GatewayServer]:
    async with gateway_server() as gateway:
        yield gateway
