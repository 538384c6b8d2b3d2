"""What a server out there answers, read as it comes in (RFC 9112). Pure.

A small part of HTTP, for one request at a time and answers of a known bound: nobody shares the connection, and what is
not understood ends it.
"""

import re

import msgspec

MAX_ANSWER_BYTES = 64 * 1024
"""Of an answer's body, unless who asks says otherwise."""
MAX_HEAD_BYTES = 32 * 1024
"""Status line and headers together."""

_STATUS = re.compile(rb"HTTP/1\.([01]) ([1-9][0-9]{2})(?: [^\r\n]*)?")
_SIZE = re.compile(rb"([0-9a-fA-F]{1,8})[ \t]*(?:;[^\r\n]*)?")
_WITHOUT_BODY = (204, 304)


class Garbled(Exception):
    """This is no answer, or a longer one than anybody needs."""


class Answered(msgspec.Struct, frozen=True):
    """What came back."""

    status: int
    body: bytes
    may_stay: bool
    """Whether the connection can be used for the next request."""
    fields: dict[bytes, bytes] = {}
    """The headers, by their names in lower case."""
    is_cut: bool = False
    """Whether the body goes on beyond what was wanted of it."""

    @property
    def is_success(self) -> bool:
        """Whether it was taken."""
        return 200 <= self.status < 300


class _Head(msgspec.Struct, frozen=True):
    status: int
    length: int | None
    """Of the body; None for one that ends with the connection, or comes in chunks."""
    is_chunked: bool
    may_stay: bool
    fields: dict[bytes, bytes]


class Incoming:
    """One answer: `take` what comes until it is whole, or `end` where nothing more comes.

    A body has at most `max_bytes`. Of a longer one, so much is enough where it `may_be_cut`.
    """

    def __init__(self, max_bytes: int = MAX_ANSWER_BYTES, *, may_be_cut: bool = False) -> None:
        self._max_bytes = max_bytes
        self._may_be_cut = may_be_cut
        self._received = bytearray()
        self._head: _Head | None = None
        self._at = 0
        """Where in `received` goes on what was not looked at."""
        self._chunks = bytearray()
        self.has_begun = False
        """Whether anything came."""

    def take(self, data: bytes) -> Answered | None:
        """The answer, if it is whole with this. Raises `Garbled`."""
        received = self._received
        received += data
        self.has_begun = True
        while self._head is None:
            end = received.find(b"\r\n\r\n", max(0, self._at - 3))
            if max(end, len(received) if end < 0 else 0) > MAX_HEAD_BYTES:
                raise Garbled("the head of its answer is too long")
            if end < 0:
                self._at = len(received)
                return None
            head = _head_of(bytes(received[:end]))
            del received[: end + 4]
            self._at = 0
            if head.status >= 200:  # what comes before is of no concern (RFC 9110, 15.2)
                if (head.length or 0) > self._max_bytes and not self._may_be_cut:
                    raise Garbled("its answer is too long")
                self._head = head
        if len(received) <= self._max_bytes:
            return self._whole(self._head)
        if not self._may_be_cut:
            raise Garbled("its answer is too long")
        return self._whole(self._head) or self._cut(self._head)

    def _cut(self, head: _Head) -> Answered:
        """As much as is wanted of an answer that is longer."""
        body = bytes(self._received)
        if head.is_chunked:
            begun = self._received.find(b"\r\n", self._at)
            body = bytes(self._chunks) + (body[begun + 2 :] if begun >= 0 else b"")
        return Answered(head.status, body[: self._max_bytes], may_stay=False, fields=head.fields, is_cut=True)

    def _whole(self, head: _Head) -> Answered | None:
        if head.is_chunked:
            return self._unchunked(head)
        if head.length is None or len(self._received) < head.length:
            return None
        may_stay = head.may_stay and len(self._received) == head.length
        body = bytes(self._received[: min(head.length, self._max_bytes)])
        return Answered(head.status, body, may_stay, head.fields, is_cut=head.length > self._max_bytes)

    def _unchunked(self, head: _Head) -> Answered | None:
        """RFC 9112, 7.1."""
        received = self._received
        while (end := received.find(b"\r\n", self._at)) >= 0:
            line = _SIZE.fullmatch(received, self._at, end)
            if line is None:
                raise Garbled("its answer has a chunk without a size")
            size = int(line[1], 16)
            if size == 0:
                last = received.find(b"\r\n\r\n", end)  # behind fields that nobody needs, if there are any
                if last < 0:
                    return None
                may_stay = head.may_stay and last + 4 == len(received)
                body = bytes(self._chunks[: self._max_bytes])
                return Answered(head.status, body, may_stay, head.fields, is_cut=len(self._chunks) > self._max_bytes)
            after = end + 2 + size
            if len(received) < after + 2:
                return None
            if received[after : after + 2] != b"\r\n":
                raise Garbled("its answer has a chunk of another size than it says")
            self._chunks += received[end + 2 : after]
            self._at = after + 2
        return None

    def end(self) -> Answered:
        """The answer that ends with its connection. Raises `Garbled` if that came too early."""
        head = self._head
        if head is None or head.is_chunked or head.length is not None:
            raise Garbled("its answer is not complete")
        return Answered(head.status, bytes(self._received), may_stay=False, fields=head.fields)


def _head_of(head: bytes) -> _Head:
    first, *lines = head.split(b"\r\n")
    status = _STATUS.fullmatch(first)
    if status is None:
        raise Garbled("it does not speak HTTP/1.1")
    fields: dict[bytes, bytes] = {}
    for line in lines:
        name, colon, value = line.partition(b":")
        if not colon:
            raise Garbled("its answer has a header without a name")
        key = name.lower()
        fields[key] = fields[key] + b"," + value.strip() if key in fields else value.strip()
    number = int(status[2])
    is_chunked = b"transfer-encoding" in fields
    if is_chunked and fields[b"transfer-encoding"].lower() != b"chunked":
        raise Garbled("its answer has an encoding that was not asked for")
    length = 0 if number in _WITHOUT_BODY or number < 200 else _length_of(fields)
    may_stay = status[1] == b"1" and b"close" not in fields.get(b"connection", b"").lower()
    return _Head(number, length, is_chunked and length != 0, may_stay, fields)


def _length_of(fields: dict[bytes, bytes]) -> int | None:
    """RFC 9112, 6.3: chunks come before a length; several lengths are none."""
    if b"transfer-encoding" in fields or b"content-length" not in fields:
        return None
    text = fields[b"content-length"]
    if not text.isdigit() or len(text) > 10:
        raise Garbled("its answer has no length that is a number")
    return int(text)
