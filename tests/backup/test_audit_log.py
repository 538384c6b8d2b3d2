"""A backup that is put back: its audit log goes on under another name, and what it has lost can be found."""

import asyncio
import contextlib
from pathlib import Path

import pytest

from chappe.accounts.machine import Create, Lock
from chappe.app import schema_folders
from chappe.audit import AuditLog
from chappe.audit.kept import kept_in
from chappe.audit.source import PostgresSource, SQLiteSource
from chappe.audit.verify import verify
from chappe.backup import restore_backup, take_backup
from tests.backup.conftest import NewPlace, served

pytestmark = pytest.mark.anyio


async def test_the_audit_log_goes_on_from_the_backup_and_says_so(new_place: NewPlace, tmp_path: Path) -> None:
    here, there = await new_place("here"), await new_place("there")
    sealed = tmp_path / "sealed"
    async with served(here) as house:
        wish = Create("ann", operator=True)
        await house.chappe.machine.fulfil(wish)
        await house.settle()
        await house.chappe.sealer.catch_up()
        log = house.chappe.resources.of(AuditLog)
        await asyncio.to_thread(take_backup, here, schema_folders(), tmp_path / "b", sealed_to=sealed)
        await house.chappe.machine.fulfil(Lock("ann"))
        await house.settle()
    lost = kept_in(here.data_dir)
    await asyncio.to_thread(
        restore_backup, there, schema_folders(), tmp_path / "b", sealed=sealed, now_ms=1_700_000_000_000
    )
    async with served(there) as house:
        await house.chappe.sealer.catch_up()
        again = house.chappe.resources.of(AuditLog)
        assert again.trouble is None
        assert str(again.vkey) == str(log.vkey)
        assert again.origin != log.origin
        rows = await house.chappe.database.fetch("SELECT act FROM audit_entry ORDER BY number")
        assert [row[0] for row in rows] == ["operator.made", "account.link_made", "audit.resumed"]

        def look(notes: list[bytes]) -> list[str]:
            postgres = there.storage != "sqlite"
            source = PostgresSource(there.storage) if postgres else SQLiteSource(there.data_dir / "chappe.db")
            with contextlib.closing(source):
                return [finding.sentence for finding in verify(source, [again.vkey], notes).findings]

        assert await asyncio.to_thread(look, []) == []
        found = await asyncio.to_thread(look, lost)
        assert [sentence for sentence in found if log.origin in sentence], found
