"""Sealing: adding what was recorded to the tree, and signing a checkpoint over it. A moment after each commit.

Before it signs, the server looks whether what is stored is what it signed last: it never signs two checkpoints of one
origin of which neither begins the other (C2SP tlog-checkpoint, "Signatures"). If anything does not fit it signs nothing
and says why, and entries are recorded all the same.
"""

import asyncio
import logging
import threading
from pathlib import Path

from chappe.audit import kept, store
from chappe.audit.checkpoint import Checkpoint, open_checkpoint, parse_checkpoint
from chappe.audit.log import SYSTEM, AuditLog
from chappe.audit.note import opened, sign, text_of
from chappe.audit.record import record
from chappe.audit.tree import EMPTY_ROOT, Frontier, hash_of, nodes_of, stored_for
from chappe.clock import Clock
from chappe.errors import Refused
from chappe.storage import Database
from chappe.stream import REGISTER, Bus, Command, Device, Transaction

logger = logging.getLogger(__name__)

MAX_AT_ONCE = 256
"""Entries that one checkpoint adds at most: bounds how long it keeps the loop busy."""
RETRY_S = 5.0


class DoesNotFit(Exception):
    """What is stored is not what was signed."""


async def seal(tx: Transaction, device: Device | None) -> bytes | None:
    """An act: add the entries that are not under a checkpoint yet, and sign one. None if there are none."""
    log = tx.of(AuditLog)
    frontier = await sealed_tree(tx, log)
    entries = await store.entries_from(tx, frontier.size, MAX_AT_ONCE)
    if not entries:
        await _require_no_fewer(tx, frontier.size)
        return None
    for entry in entries:
        if entry.number != frontier.size:
            raise DoesNotFit(f"Entry {frontier.size} is missing.")
        for node, hashed in frontier.add(entry.hash()):
            store.add_hash(tx, node.stored_at(), hashed)
    note = sign(Checkpoint(log.origin, frontier.size, frontier.root()).text(), log.vkey.name, log.key)
    store.add_checkpoint(tx, frontier.size, log.origin, note)
    return note


async def sealed_tree(source: store.Fetches, log: AuditLog) -> Frontier:
    """The tree under the newest checkpoint, as it is stored. Raises `DoesNotFit` if its root is not the signed one."""
    newest = await store.newest_checkpoint(source)
    known = log.signed
    if newest is None:
        if known is not None:
            raise DoesNotFit(f"The checkpoint of {known.size} entries is gone.")
        return Frontier()
    size, origin, note = newest
    # Of a former line of history the key may be lost (`chappe restore --new-key`): what it signed binds nobody here.
    text = opened(note, [log.vkey]) if known is not None or origin == log.origin else text_of(note)
    signed = None if text is None else parse_checkpoint(text)
    if signed is None or (signed.size, signed.origin) != (size, origin):
        raise DoesNotFit(f"The checkpoint of {size} entries is not signed by this server's key.")
    if known is not None and (size < known.size or (size == known.size and signed.root != known.root)):
        raise DoesNotFit(f"A checkpoint of {known.size} entries was signed, and the stored one is of {size}.")
    frontier = await _stored_tree(source, size)
    if frontier.root() != signed.root:
        raise DoesNotFit(f"The stored hashes do not fit the checkpoint of {size} entries.")
    return frontier


async def _stored_tree(source: store.Fetches, size: int) -> Frontier:
    ids = [node.stored_at() for node in nodes_of((0, size))]
    found = await store.hashes(source, ids)
    if len(found) != len(ids):
        raise DoesNotFit(f"Stored hashes of the first {size} entries are missing.")
    return Frontier(size, [found[id] for id in ids])


async def _require_no_fewer(source: store.Fetches, size: int) -> None:
    have = await store.size(source)
    if have < size:
        raise DoesNotFit(f"There are {have} entries, and a checkpoint tells of {size}.")


async def resume(tx: Transaction, device: Device | None) -> None:
    """An act: when the log begins another line of history, its first entry says what it goes on from."""
    log = tx.of(AuditLog)
    newest = await store.newest_checkpoint(tx)
    if newest is None or newest[1] == log.origin:
        return
    row = await store.entries_before(tx, 2**53, 1, act="audit.resumed", subject=log.origin)
    if row:
        return
    before, after = {"origin": newest[1], "size": newest[0]}, {"origin": log.origin, "vkey": str(log.vkey)}
    record(tx, SYSTEM, "audit.resumed", log.origin, before=before, after=after)


class Sealer:
    """Seals whenever something was recorded. `run` is a task of the process."""

    def __init__(self, log: AuditLog, bus: Bus, database: Database, clock: Clock, data_dir: Path) -> None:
        self._log = log
        self._bus = bus
        self._database = database
        self._clock = clock
        self._folder = data_dir
        self._turn = asyncio.Lock()
        self._writing = threading.Lock()
        self._unkept: bytes | None = None
        """The newest checkpoint, until it stands outside the database too."""

    async def begin(self) -> None:
        """Look whether the database is as new as the kept checkpoints, and say so if it goes on from a backup."""
        try:
            await self._compare_with_kept()
        except DoesNotFit as wrong:
            self._stop(wrong)
            return
        newest = await store.newest_checkpoint(self._database)
        if newest is not None and newest[1] == self._log.origin:
            self._unkept = newest[2]  # the last process may have been killed before it was kept
        await self._bus.call(REGISTER, Command(resume, None, ()))
        self._log.woken.set()

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            await self._log.woken.wait()
            try:
                await self.catch_up()
            except Exception as error:  # whatever it was: what is recorded later must be sealed, too
                known = isinstance(error, Refused | OSError)
                logger.warning("Checkpoints of the audit log come later: %s", error, exc_info=not known)
                await asyncio.sleep(RETRY_S)

    async def catch_up(self) -> None:
        """Seal everything that is recorded. Does nothing once something did not fit: a new start looks again."""
        async with self._turn:
            self._log.woken.clear()
            if self._log.trouble is not None:
                return
            try:
                await self._seal_all()
            except DoesNotFit as wrong:
                self._stop(wrong)
            except BaseException:
                self._log.woken.set()  # to be tried again
                raise

    async def _seal_all(self) -> None:
        while (note := await self._bus.call(REGISTER, Command(seal, None, ()))) is not None:
            assert isinstance(note, bytes), "sealing answers with a note"
            self._log.signed = open_checkpoint(note, [self._log.vkey])
            self._unkept = note
        await self._keep()

    async def _keep(self) -> None:
        if (note := self._unkept) is not None:
            await asyncio.to_thread(self._write, note, self._clock.now_ms())
            if self._unkept is note:
                self._unkept = None

    def _write(self, note: bytes, now_ms: int) -> None:
        with self._writing:  # a thread goes on when the task that waits for it is cancelled
            kept.keep(self._folder, note, now_ms)

    def _stop(self, wrong: DoesNotFit) -> None:
        self._log.trouble = str(wrong)
        logger.error("The audit log does not fit what was signed; nothing more is signed. %s", wrong)

    async def _compare_with_kept(self) -> None:
        """Every kept checkpoint of this line of history must be one of a tree that the stored one goes on from."""
        size = await store.size(self._database)
        newest = await store.newest_checkpoint(self._database)
        sealed = 0 if newest is None else newest[0]
        for note in kept.kept_in(self._folder):
            checkpoint = open_checkpoint(note, [self._log.vkey])
            if checkpoint is None or checkpoint.origin != self._log.origin:
                continue
            if checkpoint.size > min(size, sealed):
                raise DoesNotFit(f"A kept checkpoint tells of {checkpoint.size} entries, and the database has fewer.")
            span = (0, checkpoint.size)
            stored = await store.hashes(self._database, stored_for([span]))
            try:
                root = hash_of(span, stored) if checkpoint.size else EMPTY_ROOT
            except KeyError:
                raise DoesNotFit(f"Stored hashes of the first {checkpoint.size} entries are missing.") from None
            if root != checkpoint.root:
                raise DoesNotFit(f"The stored hashes do not fit the kept checkpoint of {checkpoint.size} entries.")
