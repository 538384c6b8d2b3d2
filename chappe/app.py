"""The one place where everything is built and joined together."""

import asyncio
import contextlib
import logging
import os
import secrets
import signal
import stat
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import uvloop

from chappe import (
    accounts,
    audit,
    clocks,
    discovery,
    keys,
    logs,
    mail,
    matching,
    media,
    metrics,
    moderation,
    operators,
    presence,
    previews,
    push,
    restrictions,
    rooms,
    rules,
    search,
    server_notices,
    sync,
    timeline,
    transparency,
    web,
)
from chappe.accounts import machine_socket
from chappe.clock import Clock, SystemClock
from chappe.config import Settings
from chappe.errors import InUse, Refused, StartupError
from chappe.gauges import Watched, metrics_of
from chappe.greeting import greeting
from chappe.holds import Holds, finish_hourly
from chappe.http import Application, RateLimits, Routes, rates_from
from chappe.http.server import HTTPServer
from chappe.identity import Identity, load_identity
from chappe.presence import Presence
from chappe.resources import Resources
from chappe.rooms import Rooms, SendGates, Tails
from chappe.storage import Database
from chappe.storage.sqlite import SQLiteDatabase
from chappe.stream import InProcessBus, Log, Outbox, Reader, Writer
from chappe.sync.syncing import Syncing
from chappe.timeline.ignoring import IgnoreLists
from chappe.timeline.purge import purge_hourly
from chappe.timeline.typing import Typing
from chappe.timeline.visible import Withholding

logger = logging.getLogger(__name__)

SLICES = (
    "stream", "holds", "audit", "restrictions", "mail", "clocks", "accounts", "operators", "media", "previews", "rooms",
    "server_notices", "keys", "timeline", "matching", "rules", "search", "push", "moderation", "transparency",
)  # fmt: skip
"""The packages with tables, in the order in which their schema files are applied."""

SWITCH_INTERVAL_S = 0.0001
"""How soon a thread that comes back from COMMIT gets its turn beside a busy loop."""

RESTORING = ".restoring"
"""A folder in the data folder, while a backup is being put back: nothing of that is to be served yet."""

_HISTORY = "SELECT id, server_name FROM history"
_NEW_HISTORY = "INSERT INTO history (id, server_name) VALUES ($1, $2)"


def all_routes() -> Routes:
    """Every endpoint of this server."""
    below = (
        discovery.routes,
        accounts.ROUTES,
        operators.ROUTES,
        media.ROUTES,
        previews.routes,
        rooms.routes,
        presence.routes,
        keys.ROUTES,
    )
    above = (timeline.routes, matching.routes, rules.routes, search.routes, push.routes, sync.routes)
    return Routes(*below, *above, moderation.ROUTES, transparency.ROUTES, web.routes)


def schema_folders() -> list[Path]:
    """The folders of schema files."""
    here = Path(__file__).parent
    return [here / name / "schema" for name in SLICES]


class Chappe:
    """One process: its resources, its routes, and what runs in the background."""

    def __init__(self, settings: Settings, database: Database, history: str, clock: Clock, cost: accounts.Cost) -> None:
        self.settings = settings
        self.database = database
        self.resources = Resources()
        self.log = Log(database.heads, history)
        self.writer = Writer(database, self.log)
        effects = (
            audit.EFFECTS | restrictions.EFFECTS | mail.EFFECTS | accounts.EFFECTS | media.EFFECTS | rooms.EFFECTS
            | keys.EFFECTS | push.EFFECTS | rules.EFFECTS | moderation.EFFECTS | server_notices.EFFECTS
        )  # fmt: skip
        self.outbox = Outbox(database, self.writer, effects, keys.SHAPES)
        self.bus = InProcessBus(database, self.writer, self.outbox, clock, self.resources)
        self.typing = Typing(self.log)
        self.presence = Presence(self.log, clock, enabled=settings.presence)
        self._tasks: list[asyncio.Task[None]] = []
        self._is_closed = False
        self.lost: asyncio.Task[str]
        """Ends when another process serves this database; what is known of that one is its result."""
        identity = load_identity(settings.server_name, settings.data_dir)
        tails, inboxes = Tails(), keys.Inboxes(database, self.writer)
        key_changes = keys.KeyChanges(database, self.log, tails)
        deciders = push.Deciders(database)
        nowhere = restrictions.Unknown()
        self.restrictions = restrictions.install(self.resources, database, clock, nowhere, settings.base_url)
        withholding = Withholding(self.restrictions, IgnoreLists(database, self.log))
        self.syncing = Syncing(
            database,
            self.log,
            tails,
            self.typing,
            self.presence,
            withholding,
            inboxes,
            key_changes,
            deciders,
            clock,
            secrets.token_hex(8),
        )
        for thing, kind in (
            (settings, Settings),
            (database, Database),
            (clock, Clock),
            (identity, Identity),
            (self.log, Log),
            (self.writer, Writer),
            (tails, Tails),
            (withholding, Withholding),
            (inboxes, keys.Inboxes),
            (key_changes, keys.KeyChanges),
            (deciders, push.Deciders),
            (self.typing, Typing),
            (self.presence, Presence),
            (self.syncing, Syncing),
            (web.WebClient(wanted=settings.web_client), web.WebClient),
            (mail.Mails(settings), mail.Mails),
            (Rooms(), Rooms),
            (SendGates([rooms.obey_restrictions, server_notices.keep_in_room]), SendGates),
            (timeline.Redacted([search.forget_redacted]), timeline.Redacted),
            (
                discovery.Capabilities([accounts.moderation_capability, previews.previews_capability]),
                discovery.Capabilities,
            ),
            (
                Holds(
                    audit.ERASERS
                    | accounts.ERASERS
                    | server_notices.ERASERS
                    | timeline.ERASERS
                    | keys.ERASERS
                    | media.ERASERS
                    | push.ERASERS
                ),
                Holds,
            ),
        ):
            self.resources.add(thing, kind)
        self.sealer = audit.install(
            self.resources,
            settings.data_dir,
            settings.server_name,
            history,
            accounts.ACTS | operators.ACTS | matching.ACTS | rules.ACTS | moderation.ACTS | transparency.ACTS,
            self.bus,
            database,
            clock,
        )
        tokens = accounts.install(self.resources, settings, database, self.bus, self.writer, clock, cost)
        safety = (*moderation.PAGES, *matching.PAGES, *rules.PAGES)
        operators.install(
            self.resources,
            operators.ConsolePages(*operators.PAGES[:2], *safety, *transparency.PAGES, *operators.PAGES[2:]),
            operators.Kinds(*operators.KINDS, *matching.KINDS, *rules.KINDS, *moderation.KINDS),
            operators.SharedDevices(push.share_a_phone),
        )
        media.install(self.resources, settings, database, self.bus, clock)
        previews.install(self.resources, settings, database, self.bus, clock)
        rooms.follow_accounts(self.resources)
        presence.install(self.resources)
        server_notices.install(self.resources, server_notices.Languages([push.language_of, accounts.language_of]))
        keys.install(self.resources)
        matching.install(self.resources, self.bus)
        self.rules = rules.install(self.resources, self.bus, rules.Topics(moderation.TOPICS))
        push.install(self.resources, self.bus)
        self.teller, self.bulk_runner = moderation.install(self.resources, self.bus, database)
        self.alarms = clocks.Alarms(settings, self.bus, database, clock)
        transparency.install(self.resources, self.bus)
        self.machine = machine_socket.Machines(
            accounts.Machine(self.bus, database, settings),
            operators.StaffMachine(self.bus, database, settings, clock),
            matching.HashesMachine(self.bus, database, clock),
            transparency.TransparencyMachine(self.bus, database, self.resources.of(transparency.Reports)),
        )
        self.application = Application(
            all_routes(),
            self.resources,
            tokens,
            self.bus,
            clock=clock,
            rates=RateLimits(rates_from(settings.rate_limits), clock),
            trusted_proxies=settings.trusted_proxies,
        )
        self.readers: list[Reader] = []
        self.metrics = metrics_of(
            Watched(
                settings,
                database,
                self.application,
                self.log,
                self.writer,
                self.outbox,
                self.syncing,
                self.resources.of(Rooms),
                tails,
                tokens,
                key_changes.told,
                self.restrictions,
                self.readers,
                self.resources.of(matching.MatchingReader),
                self.resources.of(matching.Snapshots),
                self.rules,
                self.resources.of(rules.Hits),
            )
        )

    @classmethod
    async def open(
        cls,
        settings: Settings,
        clock: Clock | None = None,
        database: Database | None = None,
        password_cost: accounts.Cost = accounts.USUAL,
    ) -> "Chappe":
        """Open the data folder and the database, bring the schema up to date, and finish what a crash left."""
        clock = clock or SystemClock()
        prepare_folder(settings.data_dir)
        if database is None:
            database = await open_database(settings)
        await database.migrate(schema_folders())
        self = cls(settings, database, await _history_of(database, settings), clock, password_cost)
        await self.restrictions.begin()
        await self.rules.load()
        await self.outbox.recover()
        await self.sealer.begin()
        await self.resources.of(push.Deliveries).resume()
        self.readers += (
            rooms.directory_reader(database, self.bus, self.log, self.writer),
            push.push_reader(self.resources, self.bus),
            push.counts_reader(self.resources, self.bus),
            search.search_reader(self.resources, self.bus),
            matching.matching_reader(self.resources),
        )
        self.lost = asyncio.create_task(database.until_lost())
        self._tasks = [asyncio.create_task(reader.run()) for reader in self.readers]
        self._tasks.append(asyncio.create_task(self._answer_waiting_when_stopping()))
        self._tasks.append(asyncio.create_task(self.resources.of(media.Sweeper).run()))
        self._tasks.append(asyncio.create_task(finish_hourly(self.bus, database)))
        self._tasks.append(asyncio.create_task(restrictions.sweep_minutely(self.bus, database, clock)))
        self._tasks += [asyncio.create_task(each.work(self.resources, self.bus)) for each in (matching, rules)]
        runs = (self.sealer, self.teller, self.alarms, self.bulk_runner, *transparency.runs(self.resources))
        self._tasks += [asyncio.create_task(one.run()) for one in runs]
        pictures = self.resources.of(previews.Pictures)
        self._tasks.append(asyncio.create_task(previews.sweep_hourly(self.bus, database, clock, pictures)))
        if settings.mail is not None:
            from chappe.mail.postman import Postman

            postman = Postman(settings.mail, self.resources.of(mail.Mails), database, self.bus, clock)
            self._tasks.append(asyncio.create_task(postman.run()))
            self._tasks.append(asyncio.create_task(push.mail_minutely(database, self.bus, clock)))
        self._tasks.append(asyncio.create_task(purge_hourly(self.bus, clock, settings.redacted_kept_days)))
        return self

    async def _answer_waiting_when_stopping(self) -> None:
        await self.application.stopping.wait()
        self.syncing.stop()

    async def close(self) -> None:
        """Stop what runs, commit what is queued, and close the database. A second time does nothing."""
        if self._is_closed:
            return
        self._is_closed = True
        tasks = (self.lost, *self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.resources.of(previews.Previews).close()
        await media.close(self.resources)
        await self.resources.of(push.Deliveries).close()
        await transparency.close(self.resources)
        await self.outbox.stop()
        await self.writer.drain()
        with contextlib.suppress(Refused, OSError):  # what is not sealed now is sealed by the next start
            await self.sealer.catch_up()
        self.resources.of(accounts.Passwords).close()
        await self.database.close()


async def open_database(settings: Settings) -> Database:
    """The engine that the setting `storage` names."""
    if settings.storage == "sqlite":
        return SQLiteDatabase(settings.data_dir / "chappe.db")
    from chappe.storage.postgres import PostgresDatabase  # asyncpg is an extra

    postgres = PostgresDatabase(settings.storage)
    await postgres.open()
    return postgres


def prepare_folder(folder: Path, *, restoring: bool = False) -> None:
    """Make the data folder, for its owner alone. Only who is `restoring` may use one that is half restored."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if stat.S_IMODE(folder.stat().st_mode) & 0o077:
            folder.chmod(0o700)
    except OSError as error:
        raise StartupError(
            f"The data folder {folder} cannot be used: {error.strerror}.",
            "Give it to the user that runs Chappe, or choose another with data_dir.",
        ) from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise StartupError(
            f"The data folder {folder} is read-only for this user.",
            "Give it to the user that runs Chappe, or choose another with data_dir.",
        )
    if not restoring and (folder / RESTORING).exists():
        raise StartupError(
            f"A backup is being put back into {folder}, or that was cut off.",
            "Wait for `chappe restore`, or run it again; with --force, if it says that the folder is not empty.",
        )


async def _history_of(database: Database, settings: Settings) -> str:
    """The id of the database's line of history; a new database gets one, and belongs to this server name."""
    row = await database.fetch_one(_HISTORY)
    if row is None:
        history = secrets.token_hex(8)
        await database.execute_once(_NEW_HISTORY, history, settings.server_name)
        return history
    history, server_name = row
    if server_name != settings.server_name:
        raise StartupError(
            f"The data in {settings.data_dir} belongs to the server name {server_name}, not {settings.server_name}.",
            "A server name cannot be changed: set server_name back, or choose another data_dir for a new server.",
        )
    return str(history)


@contextlib.asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Chappe]:
    """A server on its port, for as long as the context lasts."""
    chappe = await Chappe.open(settings)
    server = HTTPServer(chappe.application, settings.bind_host, settings.port)
    try:
        await server.start()
        try:
            async with (
                machine_socket.listening(settings.data_dir, chappe.machine),
                metrics.listening(chappe.metrics, settings.metrics),
            ):
                yield chappe
        finally:
            await server.stop()
    finally:
        await chappe.close()


async def fulfil_alone(settings: Settings, *wishes: object) -> object:
    """Open the data for wishes of whoever owns the machine, and close it again. No server may run on it.

    Returns the answer to the last of them.
    """
    chappe = await Chappe.open(settings)
    try:
        done: object = None
        for wish in wishes:
            done = await chappe.machine.fulfil(wish)
        return done
    finally:
        await chappe.close()


def serve(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT."""
    logs.install(settings.log_format)
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    os.umask(0o077)  # what is written here is for the account that runs this, wherever the folder lies
    uvloop.run(_serve(settings))


async def _serve(settings: Settings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with running(settings) as chappe:
        sys.stdout.write(await greeting_of(chappe))
        sys.stdout.flush()
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait({stopped, chappe.lost}, return_when=asyncio.FIRST_COMPLETED)
        logger.info("Stopping")
        if not stopped.done():
            stopped.cancel()
            raise taken_over(chappe.lost.result())


def taken_over(successor: str) -> InUse:
    """Why a process ends by itself: what it would answer is out of date, and it can store nothing."""
    wrong = InUse(
        f"Another process has taken over the database: {successor}. "
        "This one ends; nothing that it acknowledged is lost.",
        "Stop whichever of them is not meant to run, or give it a database of its own with the setting `storage`.",
    )
    logger.error("%s", wrong)
    return wrong


async def greeting_of(chappe: Chappe) -> str:
    """What the operator reads when the server is ready."""
    has_client = chappe.resources.of(web.WebClient).is_there
    return await greeting(chappe.settings, chappe.bus, chappe.database, has_client=has_client)
