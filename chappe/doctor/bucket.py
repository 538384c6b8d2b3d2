"""The bucket that files go into, where the settings name one."""

import asyncio
from collections.abc import Iterator
from urllib.parse import urlsplit

from chappe.doctor.finding import Finding, Look, bad, ok


def check_bucket(look: Look) -> Iterator[Finding]:
    """Whether the object storage is there, takes the key, and has the bucket. Nothing is written into it."""
    address = look.settings.media_storage
    if address == "files" or look.offline:
        return
    parts = urlsplit(address)
    told = f"{parts.netloc.rpartition('@')[2]}{parts.path}"  # without the key and its secret
    try:
        from chappe.media.files_s3 import S3Files  # minio is an extra
    except ImportError as error:
        yield bad("media_storage", f"{error.name} is not installed", "Install Chappe with its extra 's3'.")
        return

    async def look_for() -> bool:
        files = S3Files(address)
        try:
            return await files.has_bucket()
        finally:
            await files.close()

    try:
        is_there = asyncio.run(look_for())
    except OSError as error:
        yield bad("media_storage", f"{told}: {error}", "Check host, key and region of `media_storage`.")
        return
    if is_there:
        yield ok("media_storage", f"{told} is there")
    else:
        yield bad("media_storage", f"{told}: there is no such bucket", "Make it, or correct `media_storage`.")
