"""Adding, publishing and retiring lists of hashes. Acts in the register.

A version is *loading* until all of its hashes are here, then *staged*, and *live* once it is published: nothing of it
is used before, and it takes the place of the version before it in one commit.
"""

import re

import msgspec

from chappe import audit
from chappe.errors import Errcode
from chappe.matching import store
from chappe.matching.read_list import HASH_BYTES, MAX_ENTRIES, Kind, Topic, digest_of
from chappe.matching.snapshots import Snapshots
from chappe.matching.store import HashList
from chappe.operators import StaffRefused
from chappe.storage import Database
from chappe.stream import Device, Transaction

HASHES_IN_CHUNK = 1_024
CHUNKS_AT_ONCE = 64
"""Read of a list at a time: 2 MiB."""
MAX_TEXT_CHARS = 200

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_IMPORT_ID = re.compile(r"[A-Za-z0-9_-]{16,64}")


class About(msgspec.Struct, frozen=True):
    """What is told of a list when it is added."""

    name: str
    kind: str
    topic: str
    source: str
    owner: str
    vetted: bool = False


async def begin_list(tx: Transaction, device: Device | None, import_id: str, about: About, by: str) -> None:
    """Begin the next version of a list. Refuses a name that lists of the other kind have."""
    _require_right(about)
    if _IMPORT_ID.fullmatch(import_id) is None or await store.by_id(tx, import_id) is not None:
        raise StaffRefused("refused_import", "This import cannot begin.", Errcode.INVALID_PARAM)
    taken = StaffRefused("refused_list_kind", "A list of this name is of another kind.", Errcode.INVALID_PARAM)
    store.begin(
        tx,
        import_id,
        about.name,
        about.kind,
        about.topic,
        about.source,
        about.owner,
        vetted=about.vetted,
        by=by,
        otherwise=taken,
    )


async def add_hashes(tx: Transaction, device: Device | None, import_id: str, number: int, hashes: bytes) -> None:
    """Add a part of a list that is loading. Harmless when repeated."""
    if not 0 < len(hashes) <= HASHES_IN_CHUNK * HASH_BYTES or len(hashes) % HASH_BYTES or not 0 <= number < MAX_ENTRIES:
        raise StaffRefused("refused_import", "This is no part of a list.", Errcode.INVALID_PARAM)
    store.add_chunk(tx, import_id, number, hashes, otherwise=_not_loading())


async def finish_list(
    tx: Transaction, device: Device | None, import_id: str, entries: int, digest: str, by: str, is_published: bool
) -> None:
    """All hashes are here, and were found to be what was sent (`measured`)."""
    found = await _known(tx, import_id, store.LOADING)
    store.finish(tx, import_id, entries, digest, otherwise=_not_loading())
    after = _told(msgspec.structs.replace(found, entries=entries, digest=digest))
    audit.record(tx, by, "hashes.added", _subject(found), after=after)
    if is_published:
        _publish(tx, found, digest, by, "")


async def stage_list(tx: Transaction, device: Device | None, import_id: str, about: About, hashes: list[bytes]) -> None:
    """Add a short list as a whole, in one commit; two people publish it."""
    assert device is not None
    await begin_list(tx, device, import_id, about, device.user_id)
    for number, start in enumerate(range(0, len(hashes), HASHES_IN_CHUNK)):
        await add_hashes(tx, device, import_id, number, b"".join(hashes[start : start + HASHES_IN_CHUNK]))
    digest = digest_of(hashes)
    store.finish(tx, import_id, len(hashes), digest, otherwise=_not_loading())
    after = {**msgspec.structs.asdict(about), "entries": len(hashes), "digest": digest}
    audit.record(tx, device.user_id, "hashes.added", f"hashes {about.name}", after=after)


async def publish_list(tx: Transaction, name: str, version: int, digest: str, by: str, proposal: str) -> None:
    """Use a staged version from now on."""
    found = await require_version(tx, name, version, store.STAGED)
    _publish(tx, found, digest, by, proposal)


async def retire_list(tx: Transaction, device: Device | None, name: str, version: int, by: str, proposal: str) -> None:
    """Use a version no more, and forget its hashes; also one that was only staged."""
    found = await store.by_version(tx, name, version)
    if found is None or found.state not in (store.LIVE, store.STAGED):
        raise no_such_list()
    state = store.RETIRED if found.state == store.LIVE else store.DROPPED
    store.end(tx, found.import_id, found.state, state, otherwise=no_such_list())
    audit.record(tx, by, "hashes.retired", _subject(found), before=_told(found), proposal=proposal)
    tx.after_commit(tx.of(Snapshots).wake)


async def live_version(reads: Database | Transaction, name: str) -> int:
    """The number of the version of a list that is used. Refuses NOT_FOUND."""
    for found in await store.in_state(reads, store.LIVE):
        if found.name == name:
            return found.version
    raise no_such_list()


async def require_version(reads: Database | Transaction, name: str, version: int, state: str) -> HashList:
    """A version of a list that is in that state. Refuses NOT_FOUND."""
    found = await store.by_version(reads, name, version)
    if found is None or found.state != state:
        raise no_such_list()
    return found


async def measured(database: Database, import_id: str) -> tuple[int, str]:
    """How many hashes of a list are here, and their digest. Refuses what is not in order, or not whole."""
    parts: list[bytes] = []
    after, before = -1, b""
    while chunks := await store.chunks(database, import_id, after, CHUNKS_AT_ONCE):
        for number, hashes in chunks:
            if number != after + 1 or hashes[:HASH_BYTES] <= before:
                raise StaffRefused("refused_import", "A part of the list is missing.", Errcode.INVALID_PARAM)
            after, before = number, hashes[-HASH_BYTES:]
            parts.append(hashes)
    entries = sum(len(part) for part in parts) // HASH_BYTES
    if not 0 < entries <= MAX_ENTRIES:
        text = f"A list has 1 to {MAX_ENTRIES} hashes."
        raise StaffRefused("refused_import", text, Errcode.INVALID_PARAM)
    return entries, digest_of(parts)


async def drop_chunks(tx: Transaction, device: Device | None, parts: list[tuple[str, int]]) -> None:
    """Forget hashes of lists that are not used any more."""
    store.drop_chunks(tx, parts)


async def abandon(tx: Transaction, device: Device | None, import_id: str) -> None:
    """A list never became whole."""
    store.end(tx, import_id, store.LOADING, store.DROPPED, otherwise=_not_loading())


def no_such_list() -> StaffRefused:
    """The refusal for a list that is not there, or not in the state for that."""
    return StaffRefused("refused_list", "There is no such list that this could be done with.", Errcode.NOT_FOUND)


def _publish(tx: Transaction, found: HashList, digest: str, by: str, proposal: str) -> None:
    store.publish(tx, found, digest, otherwise=no_such_list())
    audit.record(tx, by, "hashes.published", _subject(found), after={"digest": digest}, proposal=proposal)
    tx.after_commit(tx.of(Snapshots).wake)


async def _known(tx: Transaction, import_id: str, state: str) -> HashList:
    found = await store.by_id(tx, import_id)
    if found is None or found.state != state:
        raise _not_loading()
    return found


def _require_right(about: About) -> None:
    texts = (about.source, about.owner)
    if _NAME.fullmatch(about.name) is None:
        raise StaffRefused(
            "refused_list_name", "A list's name has small letters, digits and .-_, at most 64.", Errcode.INVALID_PARAM
        )
    if about.kind not in {kind.value for kind in Kind}:
        raise StaffRefused("refused_list_kind", "A list is of sha256 or of pdq.", Errcode.INVALID_PARAM)
    if about.topic not in {topic.value for topic in Topic}:
        known = ", ".join(topic.value for topic in Topic)
        raise StaffRefused("refused_list_topic", f"A list is about one of {known}.", Errcode.INVALID_PARAM)
    if any(not text.strip() or len(text) > MAX_TEXT_CHARS or not text.isprintable() for text in texts):
        text = f"Say where the list comes from and who answers for it, in at most {MAX_TEXT_CHARS} characters each."
        raise StaffRefused("refused_list_about", text, Errcode.INVALID_PARAM)


def _not_loading() -> StaffRefused:
    return StaffRefused("refused_import", "This list is not being added (any more).", Errcode.NOT_FOUND)


def _subject(found: HashList) -> str:
    return f"hashes {found.name} {found.version}"


def _told(found: HashList) -> dict[str, object]:
    """What the audit log says of a list: never a hash."""
    told = {
        key: getattr(found, key) for key in ("name", "version", "kind", "topic", "source", "owner", "entries", "digest")
    }
    return {**told, "vetted": bool(found.vetted)}
