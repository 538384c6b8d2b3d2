"""What an entry says about people can be erased, and the log proves itself all the same."""

import pytest

from chappe import audit
from chappe.audit import PartName, part_of
from chappe.audit.verify import What
from chappe.errors import Refused
from chappe.stream import Device, Transaction
from tests.audit.conftest import Ledger
from tests.audit.test_record import _run, examine

pytestmark = pytest.mark.anyio


async def erase(tx: Transaction, device: Device | None, subject: str) -> None:
    await audit.ERASERS[audit.PART](tx, subject)


async def test_an_erased_part_is_gone_and_the_tree_stays(ledger: Ledger) -> None:
    await ledger.fill(5)
    before = await audit.entry(ledger.database, 2)
    await ledger.call(erase, part_of(2, PartName.SUBJECT))
    await ledger.call(erase, part_of(2, PartName.BODY))
    await ledger.call(erase, part_of(2, PartName.BODY))  # once more changes nothing
    await ledger.sealer.catch_up()
    entry = await audit.entry(ledger.database, 2)
    assert entry is not None
    assert before is not None
    assert (entry.subject.value, entry.subject.salt, entry.body.value, entry.body.salt) == (None, None, None, None)
    assert entry.actor.value == "@ann:example.org"
    assert entry.leaf() == before.leaf()
    report = await examine(ledger)
    assert (report.findings, report.erased, report.entries) == ([], 2, 7)


async def test_what_is_erased_without_a_word_is_found(ledger: Ledger) -> None:
    await ledger.fill(5)
    await ledger.call(erase, part_of(2, PartName.BODY))
    await ledger.sealer.catch_up()
    await _run(ledger, "UPDATE audit_entry SET body = NULL, body_salt = NULL WHERE number = 3")
    assert [(one.what, one.first) for one in (await examine(ledger)).findings] == [(What.PART_MISSING, 3)]


@pytest.mark.parametrize("part", [part_of(0, PartName.ACTOR), part_of(1, PartName.BODY)])
async def test_who_did_it_and_what_is_about_staff_is_kept(ledger: Ledger, part: str) -> None:
    async def of_staff(tx: Transaction, device: Device | None) -> None:
        audit.record(tx, audit.SYSTEM, "test.staff", "@ann:example.org")

    await ledger.record()
    await ledger.call(of_staff)
    with pytest.raises(Refused):
        await ledger.call(erase, part)
    assert len(await ledger.database.fetch("SELECT 1 FROM audit_entry")) == 2
