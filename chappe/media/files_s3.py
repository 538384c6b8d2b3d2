"""The bytes of media in an object storage that speaks S3: every process and machine reaches the same files.

The library (`minio`, the extra `s3`) blocks, so it works in threads of its own. Whatever goes wrong there is an
OSError here, as with a disk.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar
from urllib.parse import parse_qs, unquote, urlsplit

import certifi
import urllib3
from minio import Minio
from minio.error import MinioException, S3Error

from chappe.media.files import PIECE_BYTES, Files

T = TypeVar("T")

THREADS = 16
"""Requests to the storage at the same time; others wait for their turn."""
CONNECT_SECONDS = 5.0
READ_SECONDS = 30.0
ATTEMPTS = 2
PART_BYTES = 16 * 1024 * 1024
"""Larger files are sent in parts of that size."""


class S3Files(Files):
    """A bucket. Its address is s3://key:secret@host/bucket, with ?region= where the storage wants one."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self._bucket = parts.path.strip("/")
        host = parts.netloc.rpartition("@")[2]
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="s3")
        self._client = Minio(
            endpoint=host,
            access_key=unquote(parts.username or ""),
            secret_key=unquote(parts.password or ""),
            secure=parts.scheme == "s3",
            region=parse_qs(parts.query).get("region", [None])[0],
            http_client=urllib3.PoolManager(
                maxsize=THREADS,
                timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS),
                retries=urllib3.Retry(ATTEMPTS - 1, backoff_factor=0.2, status_forcelist=(500, 502, 503, 504)),
                cert_reqs="CERT_REQUIRED",
                ca_certs=certifi.where(),
            ),
        )

    async def has_bucket(self) -> bool:
        """Whether the bucket is there. Raises OSError where the storage is not, or refuses the key."""
        return await self._run(lambda: self._client.bucket_exists(self._bucket))

    async def keep(self, key: str, received: Path) -> None:
        await self._run(
            lambda: self._client.fput_object(
                self._bucket, key, str(received), part_size=PART_BYTES, num_parallel_uploads=1
            )
        )

    async def has(self, key: str) -> bool:
        try:
            await self._run(lambda: self._client.stat_object(self._bucket, key))
        except FileNotFoundError:
            return False
        return True

    async def pieces(self, key: str, first: int, end: int) -> AsyncGenerator[bytes, None]:
        if first == end:
            return
        response = await self._run(lambda: self._client.get_object(self._bucket, key, first, end - first))
        try:
            left = end - first
            while left:
                piece: bytes = await self._run(lambda: response.read(PIECE_BYTES))
                if not piece:
                    raise OSError(f"The object {key} is shorter than it was")
                left -= len(piece)
                yield piece
        finally:
            response.close()
            response.release_conn()

    async def delete(self, key: str) -> None:
        await self._run(lambda: self._client.remove_object(self._bucket, key))

    async def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def _run(self, work: Callable[[], T]) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work)
        except S3Error as error:
            if error.code in ("NoSuchKey", "NoSuchObject"):
                raise FileNotFoundError(f"There is no such object: {error.object_name}") from error
            raise OSError(f"The object storage refuses: {error.code}") from error
        except (MinioException, urllib3.exceptions.HTTPError) as error:
            raise OSError(f"The object storage does not do it: {type(error).__name__}") from error
