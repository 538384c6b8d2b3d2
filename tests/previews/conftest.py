"""A server that makes previews of the pages of this machine."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from chappe.config import Settings
from tests.conftest import make_settings
from tests.previews.site import Site, site


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Pages may be at this address, and at no other of this machine."""
    return make_settings(tmp_path, link_previews="true", link_preview_private_networks="127.0.0.1")


@pytest.fixture
async def pages() -> AsyncIterator[Site]:
    async with site() as serving:
        yield serving
