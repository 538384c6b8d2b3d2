"""Sending what is queued, through the relay of the settings, until it arrives or is given up."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable

import aiosmtplib
from aiosmtplib import SMTP, SMTPException, SMTPRecipientsRefused, SMTPResponseException

from chappe.clock import Clock
from chappe.config import Mail
from chappe.errors import Refused
from chappe.mail import store
from chappe.mail.post import Mails
from chappe.mail.signing import Signer
from chappe.storage import Database, Row
from chappe.stream import REGISTER, Bus, Command, Device, Transaction

logger = logging.getLogger(__name__)

TIMEOUT_S = 30.0
"""How long the relay may take for any one answer."""
MAX_AT_ONCE = 50
"""Mails in one connection."""
FIRST_WAIT_MS = 60_000
MAX_WAIT_MS = 4 * 3_600_000
GIVE_UP_MS = 3 * 86_400_000
"""A mail that could not be sent for three days is given up."""
LOOK_AGAIN_S = 60.0
"""How long at most until the queue is looked at again."""
MAX_REPLY_CHARS = 200


class Postman:
    """Sends mails, one after the other. `run` is a task of the process; it ends when cancelled."""

    def __init__(self, mail: Mail, mails: Mails, database: Database, bus: Bus, clock: Clock) -> None:
        self._mail = mail
        self._mails = mails
        self._database = database
        self._bus = bus
        self._clock = clock
        self._signer = None
        if mail.dkim_key_file is not None and mail.dkim_selector is not None:
            self._signer = Signer(mail.dkim_selector, mail.dkim_key_file, mail.from_address)

    async def run(self) -> None:
        """Send what is due, and wait for more."""
        me = asyncio.current_task()
        assert me is not None, "this is a task of the process"
        while True:
            self._mails.woken.clear()
            try:
                while await self.send_due() and not me.cancelling():
                    pass
                wait_s = await self._wait_s()
            except Refused as refused:
                logger.warning("Mail is sent later: %s", refused.reason)
                wait_s = LOOK_AGAIN_S
            except Exception:
                logger.exception("The postman will try again")
                wait_s = LOOK_AGAIN_S
            if me.cancelling():  # the SMTP client has made an error of its own out of it
                raise asyncio.CancelledError
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await self._mails.woken.wait()

    async def _wait_s(self) -> float:
        due = await store.next_due(self._database)
        return LOOK_AGAIN_S if due is None else min(max((due - self._clock.now_ms()) / 1000, 0.01), LOOK_AGAIN_S)

    async def send_due(self) -> int:
        """Send what is due, at most `MAX_AT_ONCE` mails in one connection. Returns how many were tried."""
        rows = await store.due(self._database, self._clock.now_ms(), MAX_AT_ONCE)
        if not rows:
            return 0
        left = list(rows)
        try:
            async with self._connection() as relay:
                while left:
                    await self._send(relay, left[0])
                    left.pop(0)
        except (OSError, SMTPException) as down:
            logger.warning("The mail relay %s cannot be used: %s", self._mail.host, type(down).__name__)
            for mail_id, _, _, made_at, tries in left:
                await self._later(mail_id, made_at, tries)
        return len(rows)

    def _connection(self) -> SMTP:
        mail = self._mail
        return aiosmtplib.SMTP(
            hostname=mail.host,
            port=mail.port,
            username=mail.username,
            password=mail.password,
            use_tls=mail.tls == "tls",
            start_tls=mail.tls == "starttls",
            timeout=TIMEOUT_S,
        )

    async def _send(self, relay: SMTP, row: Row) -> None:
        """Send one mail. A refusal for good (5xx) of its recipient is noted; any other may not be for good."""
        mail_id, recipient, message, made_at, tries = row
        signed = bytes(message) if self._signer is None else self._signer.sign(bytes(message))
        try:
            await relay.sendmail(self._mail.from_address, [recipient], signed)
        except SMTPRecipientsRefused as refused:
            no = refused.recipients[0]
            if no.code >= 500:
                logger.info("The recipient of a mail was refused with %d", no.code)
                reply = f"{no.code} {no.message}".replace("\0", " ")[:MAX_REPLY_CHARS]
                await self._do(bounced, mail_id, recipient, reply)
            else:
                await self._later(mail_id, made_at, tries)
        except SMTPResponseException as no:
            logger.warning("The mail relay does not take a mail: %d", no.code)
            await self._later(mail_id, made_at, tries)
        else:
            await self._do(ended, mail_id)

    async def _later(self, mail_id: str, made_at: int, tries: int) -> None:
        now = self._clock.now_ms()
        if now - made_at > GIVE_UP_MS:
            await self._do(ended, mail_id)
            return
        await self._do(put_off, mail_id, now + min(FIRST_WAIT_MS << min(tries, 20), MAX_WAIT_MS))

    async def _do(self, act: Callable[..., Awaitable[object]], *arguments: object) -> None:
        await self._bus.call(REGISTER, Command(act, None, arguments))


async def ended(tx: Transaction, device: Device | None, mail_id: str) -> None:
    """A mail was taken by the relay, or is given up."""
    store.finish(tx, mail_id)


async def put_off(tx: Transaction, device: Device | None, mail_id: str, until: int) -> None:
    """A mail is tried again later."""
    store.put_off(tx, mail_id, until)


async def bounced(tx: Transaction, device: Device | None, mail_id: str, address: str, reply: str) -> None:
    """A mail was refused for good: its address is noted."""
    store.finish(tx, mail_id)
    store.note_bounce(tx, address, reply)
