"""Waking people while a clock runs: one more at each step, until somebody answers. R8.

An alarm is committed with the mail that it sends, so that a crash loses none and repeats none. It names the case and
what is to be done, and nothing of what the case is about.
"""

import asyncio
import logging

import msgspec

from chappe import mail
from chappe.clock import Clock as SystemClock
from chappe.clocks import store
from chappe.clocks.due import LADDER, alarm_at, clock_rules
from chappe.clocks.store import Clock
from chappe.config import Settings
from chappe.errors import Refused
from chappe.mail import Address, Letter
from chappe.outside import Garbled
from chappe.storage import Database
from chappe.stream import REGISTER, Bus, Command, Device, Transaction

logger = logging.getLogger(__name__)

LOOKS_EVERY_S = 30.0
PAGE = 100
TRIES = 5
MAX_SECONDS = 20
CONSOLE = "/_chappe/console"


class Alarm(msgspec.Struct, frozen=True):
    """What the webhook is told: which clock of which case, when it runs out (milliseconds), the how-manieth alarm."""

    clock: str
    rule: str
    subject: str
    due_at: int
    alarm: int
    is_overdue: bool
    console: str


class Alarms:
    """Gives alarms when they are due. Ends when cancelled."""

    def __init__(self, settings: Settings, bus: Bus, database: Database, clock: SystemClock) -> None:
        self._settings = settings
        self._bus = bus
        self._database = database
        self._clock = clock
        self._posting: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Look twice a minute."""
        while True:
            try:
                await self.give_due()
            except Refused as refused:
                logger.warning("Alarms are given later: %s", refused.reason)
            await asyncio.sleep(LOOKS_EVERY_S)

    async def give_due(self) -> int:
        """Give every alarm that is due. Returns how many that were."""
        given = 0
        while found := await store.to_alarm(self._database, self._clock.now_ms(), PAGE):
            for one in found:
                alarm = await self._bus.call(REGISTER, Command(give, None, (one.id,)))
                if isinstance(alarm, Alarm):
                    given += 1
                    self._post(alarm)
        return given

    async def posted(self) -> None:
        """Return when every post so far has ended."""
        await asyncio.gather(*self._posting)

    def _post(self, alarm: Alarm) -> None:
        if self._settings.on_call_webhook is None:
            return
        task = asyncio.create_task(self._deliver(self._settings.on_call_webhook, msgspec.json.encode(alarm)))
        self._posting.add(task)
        task.add_done_callback(self._posting.discard)

    async def _deliver(self, url: str, body: bytes) -> None:
        from chappe.outside.connections import Connections  # what speaks TLS is loaded with the first alarm

        connections = Connections(("0.0.0.0/0", "::/0"))  # the operator chose it: it may be on the own network
        for attempt in range(TRIES):
            try:
                async with asyncio.timeout(MAX_SECONDS):
                    answer = await connections.post(url, [("Content-Type", "application/json")], body)
                if answer.is_success:
                    return
                failure = f"it answered {answer.status}"
            except (TimeoutError, OSError, ValueError, Garbled) as error:
                failure = f"{type(error).__name__}: {error}"
            logger.warning("The webhook for alarms did not take one: %s", failure)
            await asyncio.sleep(2**attempt)


async def give(tx: Transaction, device: Device | None, id: str) -> Alarm | None:
    """An act: give a clock's next alarm, if it is due and nobody answers it yet. The last step wakes everybody."""
    clock = await store.clock(tx, id)
    if clock is None or clock.stopped_at is not None or clock.next_alarm_at is None or clock.next_alarm_at > tx.now:
        return None
    assert clock.due_at is not None, "only what runs out has alarms"
    rule, step = clock_rules()[clock.rule], clock.alarms
    following = alarm_at(clock.started_at + clock.paused_ms, clock.due_at, step + 1, is_short=rule.is_short)
    after = msgspec.structs.replace(clock, alarms=step + 1, next_alarm_at=following)
    store.change(tx, clock, after)
    is_last = step + 1 == len(LADDER)
    if clock.acknowledged_by and not is_last:
        return None
    settings = tx.of(Settings)
    woken = settings.on_call_mail if is_last else settings.on_call_mail[: step + 1]
    for address in woken:
        await mail.tell(tx, Address(address), _letter(settings, clock, tx.now))
    store.note(tx, id, "alarm", "system", ", ".join(woken))
    overdue = clock.due_at <= tx.now
    return Alarm(id, clock.rule, clock.subject, clock.due_at, step + 1, overdue, f"{settings.base_url}{CONSOLE}")


def _letter(settings: Settings, clock: Clock, now: int) -> Letter:
    assert clock.due_at is not None, "only what runs out has alarms"
    rule, minutes = clock_rules()[clock.rule], (clock.due_at - now) // 60_000
    values = {
        "subject": clock.subject,
        "instrument": f"{rule.instrument} {rule.article}",
        "does": rule.en,
        "hours": str(abs(minutes) // 60),
        "minutes": str(abs(minutes) % 60),
        "overdue": "yes" if minutes < 0 else "",
        "link": f"{settings.base_url}{CONSOLE}",
    }
    return Letter("alarm", "en", values)
