"""A real SMTP server that keeps what it is given, for tests."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


class Relay:
    """Takes mail on a port of 127.0.0.1. `refusals`: what is answered to recipients, by address."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []
        self.refusals: dict[str, str] = {}
        self.data_reply = "250 taken"
        self.logins: list[tuple[bytes, bytes]] = []
        self.port = 0
        self.arrived = asyncio.Event()

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refusals:
            return self.refusals[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.data_reply.startswith("250"):
            self.envelopes.append(envelope)
            self.arrived.set()
        return self.data_reply

    def raw(self, index: int = -1) -> bytes:
        content = self.envelopes[index].content
        assert isinstance(content, bytes)
        return content

    def message(self, index: int = -1) -> EmailMessage:
        message = message_from_bytes(self.raw(index), policy=default)
        assert isinstance(message, EmailMessage)
        return message

    def to(self, address: str) -> list[EmailMessage]:
        """The messages to an address, in their order."""
        found = [index for index, one in enumerate(self.envelopes) if one.rcpt_tos == [address]]
        return [self.message(index) for index in found]

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins.append((data.login, data.password))
        return AuthResult(success=data.password == b"secret")


def text_of(message: EmailMessage, kind: str = "plain") -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())


@contextlib.asynccontextmanager
async def relaying(tls: ssl.SSLContext | None = None, *, auth: bool = False) -> AsyncIterator[Relay]:
    """A relay for as long as the context lasts."""
    relay = Relay()
    loop = asyncio.get_running_loop()

    def smtp() -> SMTP:
        return SMTP(
            relay,
            loop=loop,
            hostname="relay.test",
            tls_context=tls,
            auth_require_tls=tls is not None,
            auth_required=auth,
            authenticator=relay.authenticate if auth else None,
        )

    server = await loop.create_server(smtp, "127.0.0.1", 0)
    relay.port = server.sockets[0].getsockname()[1]
    try:
        yield relay
    finally:
        server.close()
