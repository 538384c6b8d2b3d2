"""The sync token: how far a client has come in the shards it reads. Versioned, opaque to clients.

It carries the reader's own shards only: the others' positions would tell strangers how busy people are.

Bytes, as URL-safe Base64 behind the version `s2_`: the history id (6 bytes), a bitmap of the shards with a
position (32), their positions as varints, the process that counted the ephemeral (4), its count (varint), the
device that it was made for (4), and only where that has messages waiting that were not told yet, how far they
were told (varint). At most 1.5 KB while no shard has more than 2^28 entries.

In a token of version `s1_`, of before, no device stands.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Sequence
from functools import lru_cache
from hashlib import blake2b

import msgspec

from chappe.errors import Errcode, Refused
from chappe.stream.shards import SHARDS

VERSION = "s2_"
VERSIONS = (VERSION, "s1_")
MAX_TOKEN_CHARS = 3_000
MAX_KEPT = 1_000
"""Tokens that are remembered unpacked; one of 256 shards takes 25 KB, one of ten 2 KB."""
_HISTORY_BYTES = 6
_BITMAP_BYTES = SHARDS // 8
_PROCESS_BYTES = 4
_DEVICE_BYTES = 4


class SyncToken(msgspec.Struct, frozen=True):
    """A place in the log as a client knows it. `history` is a digest of the history id."""

    history: bytes
    positions: dict[int, int]
    """By shard; a shard that is not there is at 0."""
    process: bytes
    ephemeral: int
    device: bytes | None = None
    """Digest of the device that was given it; None if that is not known."""
    inbox: int | None = None
    """How far the device's messages were told, in its person's shard; None: as far as everything else."""


def digest(name: str, size: int = _HISTORY_BYTES) -> bytes:
    """A history id or process id as it stands in a token."""
    return blake2b(name.encode(), digest_size=size).digest()


def process_digest(name: str) -> bytes:
    """A process id as it stands in a token."""
    return digest(name, _PROCESS_BYTES)


def device_digest(device_id: str) -> bytes:
    """A device id as it stands in a token."""
    return digest(device_id, _DEVICE_BYTES)


def encode_token(
    history: bytes,
    heads: Sequence[int],
    process: bytes,
    ephemeral: int,
    device: bytes,
    shards: Iterable[int] = range(SHARDS),
    inbox: int | None = None,
) -> str:
    """The token for these heads, of some shards; the register's, behind the shards', is left out."""
    bitmap = 0
    varints = bytearray()
    for shard in sorted(shards):
        position = heads[shard]
        if position:
            bitmap |= 1 << shard
            _put_varint(varints, position)
    varints += process
    _put_varint(varints, ephemeral)
    varints += device
    if inbox is not None:
        _put_varint(varints, inbox)
    packed = history + bitmap.to_bytes(_BITMAP_BYTES, "little") + bytes(varints)
    return VERSION + urlsafe_b64encode(packed).rstrip(b"=").decode()


@lru_cache(maxsize=MAX_KEPT)
def _decode(text: str) -> SyncToken:
    """The token. A client that waits comes back with the same one until there is something new."""
    version, body = text[: len(VERSION)], text[len(VERSION) :]
    if version not in VERSIONS or len(text) > MAX_TOKEN_CHARS:
        raise ValueError
    packed = urlsafe_b64decode(body + "=" * (-len(body) % 4))
    if urlsafe_b64encode(packed).rstrip(b"=").decode() != body:
        raise ValueError
    return _unpack(packed, has_device=version == VERSION)


def decode_token(text: str, where: str = "since") -> SyncToken:
    """The token, or a refusal (INVALID_PARAM) that names the parameter it stood in."""
    try:
        return _decode(text)
    except (ValueError, IndexError):
        raise Refused(
            Errcode.INVALID_PARAM, f"{where} is not a token of this server. Leave it out to start from the beginning."
        ) from None


def _unpack(packed: bytes, *, has_device: bool) -> SyncToken:
    at = _HISTORY_BYTES + _BITMAP_BYTES
    if len(packed) < at + _PROCESS_BYTES + 1:
        raise ValueError
    bitmap = int.from_bytes(packed[_HISTORY_BYTES:at], "little")
    positions: dict[int, int] = {}
    while bitmap:
        lowest = bitmap & -bitmap
        positions[lowest.bit_length() - 1], at = _get_varint(packed, at)
        bitmap ^= lowest
    process = packed[at : at + _PROCESS_BYTES]
    ephemeral, end = _get_varint(packed, at + _PROCESS_BYTES)
    device = inbox = None
    if has_device:
        device, end = packed[end : end + _DEVICE_BYTES], end + _DEVICE_BYTES
    if end < len(packed):
        inbox, end = _get_varint(packed, end)
    if end != len(packed):
        raise ValueError
    return SyncToken(packed[:_HISTORY_BYTES], positions, process, ephemeral, device, inbox)


def _put_varint(into: bytearray, number: int) -> None:
    while number > 0x7F:
        into.append(number & 0x7F | 0x80)
        number >>= 7
    into.append(number)


def _get_varint(packed: bytes, at: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        byte = packed[at]
        at += 1
        number |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return number, at
        if shift > 56:
            raise ValueError
