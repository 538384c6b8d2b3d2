"""Media: large files up and down, and photos with their thumbnails."""

import io
import os
import time
from urllib.parse import quote

import msgspec
from PIL import Image

from benchmarks.client import Connection, Unexpected
from benchmarks.measure import Meter
from benchmarks.scenarios.scenario import Figure, Scenario
from benchmarks.world import World

UPLOAD = "/_matrix/media/v3/upload"
DOWNLOAD = "/_matrix/client/v1/media/download"
THUMBNAIL = "/_matrix/client/v1/media/thumbnail"

FILE_MB = 10
PHOTO_PIXELS = (2400, 1600)
SHOWN = "width=800&height=600&method=scale"
"""The thumbnail that clients show in a timeline."""


class _Uploaded(msgspec.Struct):
    content_uri: str

    @property
    def path(self) -> str:
        """Server name and media id, as in the path of a download."""
        return quote(self.content_uri.removeprefix("mxc://"))


class Upload(Scenario):
    """One person uploads files of ten megabytes, one after another."""

    def __init__(self, world: World) -> None:
        super().__init__(world, "upload")

    async def prepare(self) -> list[Figure]:
        """The person, and one file that is there already."""
        (self.account,) = await self.world.accounts(1)
        self._content = bytearray(os.urandom(FILE_MB * 1_000_000))
        connection = await self.world.connect()
        self.uploaded = await self._upload(connection)
        connection.close()
        return []

    async def measure(self) -> list[Figure]:
        """Cost of a megabyte, and how many a second."""
        uploads = 0
        connection = await self.world.connect()
        await self.world.quiet()
        async with self.meter() as meter:
            until_s = time.perf_counter() + self.world.scale.seconds
            while uploads < self.world.scale.uploads and time.perf_counter() < until_s:
                await self._upload(connection)
                uploads += 1
        connection.close()
        return _by_megabyte(self, meter, uploads * FILE_MB)

    async def _upload(self, connection: Connection) -> _Uploaded:
        self._content[:8] = self.world.number().to_bytes(8)  # no file is like another
        return await _upload(connection, self.account.token, bytes(self._content), "application/octet-stream")


class Download(Scenario):
    """One person downloads the same file again and again."""

    def __init__(self, world: World, upload: Upload) -> None:
        super().__init__(world, "download", needs=[upload])
        self._upload = upload

    async def prepare(self) -> list[Figure]:
        """Nothing: the file is there."""
        return []

    async def measure(self) -> list[Figure]:
        """Cost of a megabyte, and how many a second."""
        path = f"{DOWNLOAD}/{self._upload.uploaded.path}"
        downloads = 0
        connection = await self.world.connect()
        await self.world.quiet()
        async with self.meter() as meter:
            until_s = time.perf_counter() + self.world.scale.seconds
            while time.perf_counter() < until_s:
                answer = (await connection.get(path, self._upload.account.token)).require()
                downloads += 1
                if len(answer.body) != FILE_MB * 1_000_000:
                    raise Unexpected(f"A file of {len(answer.body)} bytes came.")
        connection.close()
        return _by_megabyte(self, meter, downloads * FILE_MB)


class Thumbnails(Scenario):
    """One person uploads photos; of each the client shows a thumbnail, and then the last one again and again."""

    def __init__(self, world: World) -> None:
        super().__init__(world, "thumbnail")

    async def prepare(self) -> list[Figure]:
        """The person and the photo."""
        (self._account,) = await self.world.accounts(1)
        grain = [Image.effect_noise((PHOTO_PIXELS[0] // 4, PHOTO_PIXELS[1] // 4), 80) for _ in "RGB"]
        file = io.BytesIO()
        Image.merge("RGB", grain).resize(PHOTO_PIXELS).save(file, "JPEG", quality=90)
        self._photo = file.getvalue()
        return []

    async def measure(self) -> list[Figure]:
        """Cost and latency of a photo with its first thumbnail; cost of a thumbnail that was made before."""
        photos_s: list[float] = []
        connection = await self.world.connect()
        path = await self._photo_and_thumbnail(connection)  # whatever is only begun with the first
        await self.world.quiet()
        async with self.meter() as making:
            until_s = time.perf_counter() + self.world.scale.seconds
            while len(photos_s) < self.world.scale.uploads and (began_s := time.perf_counter()) < until_s:
                path = await self._photo_and_thumbnail(connection)
                photos_s.append(time.perf_counter() - began_s)
        shown = 0
        await self.world.quiet()
        async with self.meter("again") as showing:
            until_s = time.perf_counter() + self.world.scale.seconds / 2
            while time.perf_counter() < until_s:
                (await connection.get(path, self._account.token)).require()
                shown += 1
        connection.close()
        made = [self.cpu(making, len(photos_s)), *self.spread(making, photos_s)]
        return [*made, self.cpu(showing, shown, "again")]

    async def _photo_and_thumbnail(self, connection: Connection) -> str:
        """Where the thumbnail is, having been shown once."""
        # Bytes behind the end of a JPEG are no part of the image, and make the file another one.
        content = self._photo + self.world.number().to_bytes(8)
        photo = await _upload(connection, self._account.token, content, "image/jpeg")
        path = f"{THUMBNAIL}/{photo.path}?{SHOWN}"
        thumbnail = (await connection.get(path, self._account.token)).require().body
        with Image.open(io.BytesIO(thumbnail)) as image:
            if image.width >= PHOTO_PIXELS[0]:
                raise Unexpected("The thumbnail is the photo itself.")
        return path


async def _upload(connection: Connection, token: str, content: bytes, content_type: str) -> _Uploaded:
    return (await connection.send("POST", UPLOAD, token, content, content_type)).read(_Uploaded)


def _by_megabyte(scenario: Scenario, meter: Meter, megabytes: int) -> list[Figure]:
    return [
        scenario.figure("cpu", 1000 * meter.cpu_s / megabytes, "ms CPU a MB", meter),
        scenario.figure("rate", megabytes / meter.elapsed_s, "MB a second", meter),
    ]
