"""DKIM: the operator's domain answers for a letter (RFC 6376)."""

from pathlib import Path

from chappe.errors import StartupError
from chappe.mail.address import domain_of

_SIGNED = (
    b"from",
    b"to",
    b"subject",
    b"date",
    b"message-id",
    b"content-type",
    b"mime-version",
    b"auto-submitted",
    b"list-unsubscribe",
    b"list-unsubscribe-post",
)


class Signer:
    """Signs messages with the key of a selector."""

    def __init__(self, selector: str, key_file: Path, from_address: str) -> None:
        """Raises `StartupError` when the file holds no key that can sign."""
        import dkim  # loaded for who signs: with its DNS library it takes as long as the rest of the server

        self._dkim = dkim
        self._selector = selector.encode()
        self._domain = domain_of(from_address).encode()
        self._key = key_file.read_bytes()
        try:
            self.sign(b"From: a@example.org\r\nSubject: a try\r\n\r\n\r\n")
        except (dkim.DKIMException, ValueError) as wrong:
            raise StartupError(
                f"The DKIM key {key_file} cannot sign: {wrong}.", "It must be an RSA key in PEM form."
            ) from wrong

    def sign(self, message: bytes) -> bytes:
        """The message with a signature in front. From is signed twice, so that nobody can add another."""
        present = [name for name in _SIGNED if b"\n" + name in b"\n" + message.lower()]
        signature = self._dkim.sign(
            message, self._selector, self._domain, self._key, canonicalize=(b"relaxed", b"relaxed"),
            include_headers=[*present, b"from"],
        )  # fmt: skip
        assert isinstance(signature, bytes), "dkimpy answers with the header"
        return signature + message
