"""A server as a process, for browsers to talk to."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.chaos.server import ServerProcess

CONFIGURATION = """\
server_name = "tower.test"
data_dir = "{data_dir}"
port = {port}
registration = "open"
rate_limits = false
"""


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[ServerProcess]:
    """People make their own accounts here, and are quick."""
    server = ServerProcess(tmp_path)
    server.configuration.write_text(CONFIGURATION.format(data_dir=server.data, port=server.port))
    await server.start()
    yield server
    await server.close()
