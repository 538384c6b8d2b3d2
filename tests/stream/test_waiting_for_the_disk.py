"""What no kill can show: each COMMIT waits until the disk has it, so that a power cut loses nothing either."""

import pytest

from chappe.storage.postgres import PostgresDatabase
from chappe.storage.sqlite import SQLiteDatabase
from tests.stream.conftest import Post

pytestmark = pytest.mark.anyio

FULL = 2


async def test_commits_wait_for_the_disk(post: Post) -> None:
    database = post.database
    if isinstance(database, SQLiteDatabase):
        assert database._writer.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert database._writer.execute("PRAGMA synchronous").fetchone() == (FULL,)
    else:
        assert isinstance(database, PostgresDatabase)
        assert database._writer is not None
        assert await database._writer.fetchval("SHOW synchronous_commit") == "on"
