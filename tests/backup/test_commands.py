"""`chappe backup` and `chappe restore` as somebody types them."""

from pathlib import Path

import pytest

from chappe.cli import run
from tests.backup.conftest import NewPlace, served

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_there_and_back(new_place: NewPlace, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    here = await new_place("here")
    async with served(here):
        pass
    backup, sealed = str(tmp_path / "backup"), str(tmp_path / "sealed")
    assert run(["backup", backup, "--data-dir", str(here.data_dir)]) == 0
    assert "--sealed" in capsys.readouterr().out
    assert run(["restore", backup, "--data-dir", str(tmp_path / "there")]) == 1
    assert "--sealed" in capsys.readouterr().err
    assert run(["backup", backup + "2", "--sealed", sealed, "--no-media", "--data-dir", str(here.data_dir)]) == 0
    assert "What people uploaded is not in it" in capsys.readouterr().out
    assert run(["restore", backup + "2", "--sealed", sealed, "--data-dir", str(tmp_path / "there")]) == 0
    assert "is in place" in capsys.readouterr().out


def test_what_is_not_there_cannot_be_backed_up(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["backup", str(tmp_path / "backup"), "--data-dir", str(tmp_path / "none")]) == 1
    assert "There is no database" in capsys.readouterr().err
    assert run(["backup", str(tmp_path / "no" / "backup"), "--data-dir", str(tmp_path)]) == 1
    assert "parent folder" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
