"""Damaged and unfinished backups: told in words, and nothing of them is restored."""

import asyncio
import hashlib
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from chappe.config import Settings
from chappe.errors import StartupError
from tests.backup.conftest import NewPlace, back_up, restore, served
from tests.conftest import make_settings
from tests.media.conftest import upload

pytestmark = pytest.mark.anyio


def flip(path: Path, at: int) -> None:
    """Change one bit of a file, and of no other that it shares its bytes with."""
    held = bytearray(path.read_bytes())
    held[at] ^= 1
    path.unlink()
    path.write_bytes(held)


def begun(to: Path) -> bool:
    return bool(list(to.parent.glob(f"{to.name}*")))


async def until(holds: Callable[[], bool]) -> None:
    """Wait for what another process does."""
    while not holds():  # noqa: ASYNC110  # it cannot tell us
        await asyncio.sleep(0.001)


def untouched(settings: Settings) -> bool:
    """Whether nothing was put into a data folder."""
    return {path.name for path in settings.data_dir.rglob("*")} <= {"chappe.lock"}


async def a_backup(settings: Settings, folder: Path) -> Path:
    """A backup with everything in it, and its sealed file beside it."""
    async with served(settings) as house:
        anna = await house.person("anna")
        await anna.send(await anna.create_room(), "hello")
        await upload(anna, b"some bytes", "text/plain")
        await back_up(settings, folder / "backup", folder / "sealed")
    return folder / "backup"


async def test_a_flipped_bit_anywhere_is_refused(new_place: NewPlace, tmp_path: Path) -> None:
    here, there = await new_place("here"), await new_place("there")
    whole = await a_backup(here, tmp_path)
    names = [path.relative_to(whole) for path in whole.rglob("*") if path.is_file()]
    assert len(names) >= 5
    for name in names:
        held = (whole / name).read_bytes()
        flip(whole / name, len(held) // 2)
        with pytest.raises(StartupError, match="is damaged"):
            await restore(there, whole, tmp_path / "sealed")
        assert untouched(there), name
        (whole / name).write_bytes(held)
    flip(tmp_path / "sealed", 60)
    with pytest.raises(StartupError, match="sealed"):
        await restore(there, whole, tmp_path / "sealed")
    assert untouched(there)


def forge(whole: Path, name: str, old: bytes, new: bytes) -> None:
    """Change a file of a backup and its checksum: whoever can write the one can write the other."""
    held = (whole / name).read_bytes()
    assert old in held
    before, after = (hashlib.sha256(each).hexdigest() for each in (held, held.replace(old, new)))
    (whole / name).write_bytes(held.replace(old, new))
    (whole / "SHA256SUMS").write_text((whole / "SHA256SUMS").read_text().replace(before, after))


async def test_a_forged_backup_leads_nowhere_else(new_place: NewPlace, engine: str, tmp_path: Path) -> None:
    """Names in it become paths and SQL: only those that a backup of ours has are taken."""
    here, there = await new_place("here"), await new_place("there")
    whole = await a_backup(here, tmp_path)
    manifest = (whole / "manifest.json").read_bytes()
    forge(whole, "media.sha256", b"  media/", b"  ../../x/")
    with pytest.raises(StartupError, match="is damaged"):
        await restore(there, whole, tmp_path / "sealed")
    forge(whole, "media.sha256", b"  ../../x/", b"  tables/")
    with pytest.raises(StartupError, match="is damaged"):
        await restore(there, whole, tmp_path / "sealed")
    forge(whole, "media.sha256", b"  tables/", b"  media/")
    forge(whole, "manifest.json", b"signing.key", b"../../x.key")
    forged = tmp_path / "forged"
    forged.write_bytes((tmp_path / "sealed").read_bytes().replace(b"signing.key", b"../../x.key"))
    with pytest.raises(StartupError, match="sealed"):
        await restore(there, whole, forged)
    forge(whole, "manifest.json", (whole / "manifest.json").read_bytes(), manifest)
    if engine == "postgres":
        forge(whole, "manifest.json", b'"outbox"', b'"outbox; DROP TABLE x"')
        with pytest.raises(StartupError, match="tables that no Chappe has"):
            await restore(there, whole, tmp_path / "sealed")
    assert untouched(there)


async def test_a_missing_file_is_refused_and_a_missing_upload_told(new_place: NewPlace, tmp_path: Path) -> None:
    here, there = await new_place("here"), await new_place("there")
    whole = await a_backup(here, tmp_path)
    [picture] = [path for path in (whole / "media").rglob("*") if path.is_file()]
    picture.unlink()
    (whole / "manifest.json").rename(tmp_path / "manifest.json")
    with pytest.raises(StartupError, match=r"manifest\.json: it is missing"):
        await restore(there, whole, tmp_path / "sealed")
    (tmp_path / "manifest.json").rename(whole / "manifest.json")
    done = await restore(there, whole, tmp_path / "sealed")
    assert done.media_missing == [str(picture.relative_to(whole))]
    assert done.media_missing[0] in done.in_words()


async def test_a_file_that_is_gone_already_is_told_when_the_backup_is_made(new_place: NewPlace, tmp_path: Path) -> None:
    here = await new_place("here")
    async with served(here) as house:
        anna = await house.person("anna")
        await upload(anna, b"some bytes", "text/plain")
        [lost] = [path for path in (here.data_dir / "media").rglob("*") if path.is_file()]
        lost.rename(lost.with_name("f" * len(lost.name)))
        taken = await back_up(here, tmp_path / "backup")
    assert (taken.manifest.media_files, taken.media_without_row) == (0, 1)
    assert taken.manifest.media_missing == [f"media/{lost.relative_to(here.data_dir / 'media')}"]


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_backup_that_is_cut_off_is_none(new_place: NewPlace, tmp_path: Path) -> None:
    """`kill -9` at several moments: either there is nothing of the name, or it is whole."""
    here, there = await new_place("here"), await new_place("there")
    async with served(here) as house:
        anna = await house.person("anna")
        for n in range(3):
            await upload(anna, bytes(500_000) + bytes([n]), "text/plain")
    program = Path(sys.executable).with_name("chappe")
    endings = set()
    for number in range(4):
        to = tmp_path / f"backup{number}"
        process = await asyncio.create_subprocess_exec(
            program, "backup", str(to), "--data-dir", str(here.data_dir), stdout=asyncio.subprocess.DEVNULL
        )
        await until(lambda to=to, process=process: process.returncode is not None or begun(to))  # type: ignore[misc]
        await asyncio.sleep(number * 0.01)
        if process.returncode is None:
            process.send_signal(signal.SIGKILL)
        await process.wait()
        endings.add(to.exists())
        left = to if to.exists() else to.with_name(to.name + ".partial")
        sums = left / "SHA256SUMS"
        if sums.exists() and sums.stat().st_size:  # all of it is on the disk, if not yet by its name
            await restore(make_settings(tmp_path / f"there{number}"), left, new_key=True)
        else:
            with pytest.raises(StartupError, match=r"no backup|damaged"):
                await restore(there, left, new_key=True)
            assert untouched(there)
    assert False in endings


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_nothing_is_written_over(new_place: NewPlace, tmp_path: Path) -> None:
    here = await new_place("here")
    whole = await a_backup(here, tmp_path)
    with pytest.raises(StartupError, match="exists already"):
        await back_up(here, whole)
    with pytest.raises(StartupError, match="exists already"):
        await back_up(here, tmp_path / "another", tmp_path / "sealed")
    assert not (tmp_path / "another").exists()
    assert not (tmp_path / "another.partial").exists()
    assert all(path.stat().st_mode & 0o077 == 0 for path in (whole, whole / "media", tmp_path / "sealed"))


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_backup_of_another_server_name_is_refused(new_place: NewPlace, tmp_path: Path) -> None:
    whole = await a_backup(await new_place("here"), tmp_path)
    other = make_settings(tmp_path / "other", server_name="example.org")
    with pytest.raises(StartupError, match="server name"):
        await restore(other, whole, tmp_path / "sealed")
    assert not other.data_dir.exists()
