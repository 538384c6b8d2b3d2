"""Beginning an upload that comes in several requests, recording how much has come, and giving it up: the acts.

`resume.py` calls them, in the shard of the media id, and keeps the files.
"""

from chappe.errors import Errcode, Refused
from chappe.media import store
from chappe.media.add import drop_upload, require_reserved
from chappe.media.rules import not_found
from chappe.media.store import UnfinishedUpload
from chappe.stream import Device, Transaction

MAX_UNFINISHED = 10
"""Unfinished uploads of one person. They lie on this machine, also where files go into a bucket."""
MAX_UNFINISHED_BYTES = 4_000_000_000
"""How long those may be together, as declared: a day's worth of disk that a person can take and never use. A single one
may be as long as any upload."""


async def begin_upload(tx: Transaction, device: Device, media_id: str, upload: UnfinishedUpload) -> None:
    """Begin an upload. Refuses like `require_reserved`, and with LIMIT_EXCEEDED whoever has too many."""
    await require_reserved(tx, device, media_id, tx.now)
    too_many = Refused(
        Errcode.LIMIT_EXCEEDED,
        f"You may have {MAX_UNFINISHED} unfinished uploads, of {MAX_UNFINISHED_BYTES} bytes together. "
        "End or give up one of them.",
        retry_after_ms=60_000,
    )
    store.begin_upload(tx, upload, MAX_UNFINISHED, MAX_UNFINISHED_BYTES, otherwise=too_many)


async def record_received(tx: Transaction, device: Device, media_id: str, file_key: str, received_bytes: int) -> None:
    """Say that so much of an upload is durable. Refuses with NOT_FOUND one that went meanwhile, or began anew."""
    store.record_received(tx, media_id, file_key, received_bytes, otherwise=not_found())


async def give_up_upload(tx: Transaction, device: Device, media_id: str) -> None:
    """Let go of an upload and of its id. Refuses like `require_reserved`."""
    await require_reserved(tx, device, media_id, tx.now)
    store.drop_reservation(tx, media_id)
    await drop_upload(tx, media_id)


def not_begun() -> Refused:
    """The refusal where there is nothing to go on with."""
    return Refused(Errcode.NOT_FOUND, "No upload has begun under this media ID. Begin one with PUT.")
