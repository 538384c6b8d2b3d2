"""What is told of people's keys, kept ready as bytes: an answer about hundreds of people is joined from them.

What is kept of a person is as committed: it is forgotten with each commit that changes anything of it, before
anybody hears of that commit.
"""

from collections import OrderedDict, defaultdict
from collections.abc import Collection, Mapping

import msgspec

from chappe.errors import Errcode, Refused
from chappe.ids import UserID
from chappe.keys import store
from chappe.rooms.reading import Reads
from chappe.storage import Row

MAX_KEPT_BYTES = 32 * 1024 * 1024
"""Of all people together: some ten thousand with one device each."""
MAX_DEVICES_TOLD = 20_000
"""Devices in one answer: about 20 MB."""
ENTRY_BYTES = 600
"""What keeping a person takes beside the JSON."""

_encode = msgspec.json.encode

Signatures = dict[str, dict[str, str]]
"""A person's own, by the device or key that was signed and by the key that signed."""


class Told(msgspec.Struct, frozen=True):
    """What is told of one person. Each key is JSON, as a member of an answer: the user ID, a colon, the object."""

    count: int
    """How many devices."""
    devices: bytes
    master: bytes = b""
    self_signing: bytes = b""
    user_signing: bytes = b""
    """For the person alone."""
    master_key: str = ""
    """The public key of `master`, by which others name it when they sign it."""

    @property
    def size_bytes(self) -> int:
        """How much memory it takes."""
        return ENTRY_BYTES + sum(map(len, (self.devices, self.master, self.self_signing, self.user_signing)))


class ToldKeys:
    """What is told of those who were asked for lately."""

    def __init__(self, reads: Reads) -> None:
        self._reads = reads
        self._kept: OrderedDict[str, Told] = OrderedDict()
        self._forgotten = 0
        self.size_bytes = 0
        self.most_bytes = MAX_KEPT_BYTES

    def __len__(self) -> int:
        return len(self._kept)

    def __contains__(self, user_id: object) -> bool:
        return user_id in self._kept

    def kept(self, user_id: str) -> Told | None:
        """What is told of a person, if it is at hand."""
        told = self._kept.get(user_id)
        if told is not None:
            self._kept.move_to_end(user_id)
        return told

    async def read(self, people: Collection[UserID]) -> dict[UserID, Told]:
        """What is told of some people, read anew. Of someone without devices that is an empty object; who is
        unknown is not there."""
        before = self._forgotten
        found = await _read(self._reads, list(people))
        if self._forgotten == before:  # else some of it may have changed while it was read
            for user_id, told in found.items():
                self._keep(user_id, told)
        return found

    def _keep(self, user_id: UserID, told: Told) -> None:
        self._let_go(user_id)
        self._kept[user_id] = told
        self.size_bytes += told.size_bytes
        while self.size_bytes > self.most_bytes:
            self._let_go(next(iter(self._kept)))

    def _let_go(self, user_id: str) -> None:
        if (told := self._kept.pop(user_id, None)) is not None:
            self.size_bytes -= told.size_bytes

    def forget(self, user_id: UserID) -> None:
        """Something that is told of a person's keys changed."""
        self._forgotten += 1
        self._let_go(user_id)


def too_many_devices() -> Refused:
    """The refusal of a question that is too large."""
    return Refused(Errcode.TOO_LARGE, f"These people have more than {MAX_DEVICES_TOLD} devices. Ask for fewer.")


async def _read(reads: Reads, people: list[UserID]) -> dict[UserID, Told]:
    rows = await store.all_device_keys(reads, people, MAX_DEVICES_TOLD + 1)
    if len(rows) > MAX_DEVICES_TOLD:
        raise too_many_devices()
    signatures: dict[UserID, Signatures] = defaultdict(lambda: defaultdict(dict))
    for user_id, target, key_id, signature in await store.signatures_on_own(reads, people):
        signatures[user_id][target][key_id] = signature
    devices: dict[UserID, list[bytes]] = defaultdict(list)
    for row in rows:
        devices[row[0]].append(_device(row, signatures[row[0]]))
    of_person: dict[UserID, dict[str, tuple[str, bytes]]] = defaultdict(dict)
    for user_id, usage, public_key, keys in await store.all_cross_signing_keys(reads, people):
        by_owner = {user_id: signatures[user_id].get(public_key)}
        of_person[user_id][usage] = (public_key, _with_signatures(keys, by_owner))
    silent = [user_id for user_id in people if user_id not in devices]
    known = devices.keys() | of_person.keys() | await store.accounts_among(reads, silent)
    return {user_id: _told(user_id, devices.get(user_id, []), of_person.get(user_id, {})) for user_id in known}


def _told(user_id: UserID, devices: list[bytes], keys: Mapping[str, tuple[str, bytes]]) -> Told:
    name = _encode(user_id) + b":"
    members = {usage: name + key for usage, (_, key) in keys.items()}
    return Told(
        len(devices),
        b"%b{%b}" % (name, b",".join(devices)),
        members.get("master", b""),
        members.get("self_signing", b""),
        members.get("user_signing", b""),
        keys["master"][0] if "master" in keys else "",
    )


def _device(row: Row, own: Signatures) -> bytes:
    user_id, device_id, keys, signature, name = row
    by_owner = {**own.get(device_id, {}), f"ed25519:{device_id}": signature}
    unsigned = b',"unsigned":{"device_display_name":%b}' % _encode(name) if name else b""
    return _encode(device_id) + b":" + _with_signatures(keys, {user_id: by_owner}, unsigned)


def _with_signatures(keys: bytes, signatures: Mapping[str, dict[str, str] | None], unsigned: bytes = b"") -> bytes:
    """What was signed, and its signatures. It never is an empty object: `keys` and `user_id` are in it."""
    made = {signer: some for signer, some in signatures.items() if some}
    signed = b',"signatures":%b' % _encode(made) if made else b""
    return bytes(keys)[:-1] + signed + unsigned + b"}"


def signed_also(master: bytes, signer: UserID, signatures: dict[str, str]) -> bytes:
    """`Told.master` with the signatures that one other person made on it."""
    of_person: dict[str, dict[str, msgspec.Raw]] = msgspec.json.decode(b"{%b}" % master, type=_MASTER)
    [(user_id, value)] = of_person.items()
    made: dict[str, dict[str, str]] = msgspec.json.decode(value.get("signatures", b"{}"))
    made[signer] = {**made.get(signer, {}), **signatures}
    return _encode({user_id: {**value, "signatures": made}})[1:-1]


_MASTER = dict[str, dict[str, msgspec.Raw]]
