"""The server of a story: a process of its own, that can be killed."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.chaos.server import ServerProcess

# Only what these stories need differs from a fresh server: people make their own accounts, and are quick.
CONFIGURATION = """\
server_name = "tower.test"
data_dir = "{data_dir}"
port = {port}
registration = "open"
rate_limits = false
"""


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[ServerProcess]:
    server = ServerProcess(tmp_path)
    server.configuration.write_text(CONFIGURATION.format(data_dir=server.data, port=server.port))
    await server.start()
    yield server
    await server.close()
