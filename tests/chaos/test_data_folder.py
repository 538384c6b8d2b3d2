"""A data folder that cannot be used is told in a sentence, with exit status 1 and without a traceback."""

import ctypes
import os
from pathlib import Path

import pytest

from tests.chaos.server import ServerProcess

pytestmark = pytest.mark.anyio

PR_CAPBSET_DROP = 24
CAP_DAC_OVERRIDE = 1


def bound_by_permissions() -> None:
    """In the new process: from the next program on, the bits of folders count for root too."""
    if os.geteuid() == 0:
        assert ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, 0, 0, 0) == 0


async def test_a_read_only_folder_is_told(server: ServerProcess) -> None:
    server.data.mkdir(mode=0o500)
    status, said = await server.fail_to_start(bound_by_permissions)
    assert (status, said) == (
        1,
        f"chappe: The data folder {server.data} is read-only for this user. "
        "Give it to the user that runs Chappe, or choose another with data_dir.\n",
    )


async def test_a_read_only_folder_with_data_in_it_is_told(server: ServerProcess) -> None:
    await server.start()
    await server.end()
    server.data.chmod(0o500)
    status, said = await server.fail_to_start(bound_by_permissions)
    server.data.chmod(0o700)
    assert status == 1
    assert f"The data folder {server.data} is read-only for this user." in said
    await server.start()


async def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "locked").mkdir(mode=0o500)
    server = ServerProcess(tmp_path, data=tmp_path / "locked" / "data")
    status, said = await server.fail_to_start(bound_by_permissions)
    assert status == 1
    assert f"The data folder {server.data} cannot be used: Permission denied." in said
    assert "Traceback" not in said


async def test_a_file_that_is_no_database_is_told(server: ServerProcess) -> None:
    server.data.mkdir(mode=0o700)
    server.database.write_text("This is a letter, and long enough to be one. " * 50)
    status, said = await server.fail_to_start()
    assert status == 1
    assert f"The database {server.database} cannot be opened: the file is no database (SQLITE_NOTADB)." in said
    assert "Traceback" not in said


async def test_a_folder_in_use_is_told_and_its_user_is_not_disturbed(server: ServerProcess, tmp_path: Path) -> None:
    await server.start()
    (tmp_path / "second").mkdir()
    second = ServerProcess(tmp_path / "second", data=server.data)
    status, said = await second.fail_to_start()
    assert (status, said) == (
        3,
        f"chappe: Another Chappe is already running on the data folder {server.data}. "
        "Stop it first, or start this one with another data_dir and port.\n",
    )
    await server.until_it_answers()
    await server.kill()  # and a killed one is no obstacle
    await second.start()
    await second.close()
