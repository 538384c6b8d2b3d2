"""The files of the built web client: found once, with their compressed forms; what is not among them is not sent."""

import asyncio
import mimetypes
import re
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent / "files"
PAGE: Final = "index.html"

HASHED: Final = "assets/"
"""Below it, the name of a file has a hash of its content in it: another content has another name."""

ENCODINGS: Final = (("br", ".br"), ("gzip", ".gz"))
"""What the build writes beside a file, the smallest first."""

_REFUSED: Final = re.compile(r"q=0(\.0*)?")

PIECE_BYTES: Final = 256 * 1024

_TYPES: Final = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
}


@dataclass(frozen=True, slots=True)
class Form:
    """A file as it lies on the disk: plain, or compressed."""

    path: Path
    size_bytes: int


@dataclass(frozen=True, slots=True)
class WebFile:
    """A file of the client."""

    content_type: str
    etag: str
    """Without its quotation marks, and of the plain form."""
    is_immutable: bool
    forms: Mapping[str, Form]
    """By the name of the encoding; the plain one is `identity`."""

    def form_for(self, accepted: str | None) -> tuple[str, Form]:
        """The smallest form that a client takes, by its Accept-Encoding."""
        taken = _names(accepted or "")
        for name, _ in ENCODINGS:
            if name in self.forms and name in taken:
                return name, self.forms[name]
        return "identity", self.forms["identity"]


class WebClient:
    """What there is to send. Empty where the client was not built, or is not wanted."""

    def __init__(self, folder: Path = FOLDER, *, wanted: bool = True) -> None:
        self.is_wanted = wanted
        self._files = _found(folder) if wanted and (folder / PAGE).is_file() else {}

    @property
    def is_there(self) -> bool:
        """Whether / answers with the client."""
        return bool(self._files)

    def file(self, name: str) -> WebFile | None:
        """The file of that name, as the build called it."""
        return self._files.get(name)


def _found(folder: Path) -> dict[str, WebFile]:
    compressed = tuple(suffix for _, suffix in ENCODINGS)
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix not in compressed]
    return {path.relative_to(folder).as_posix(): _described(path, folder) for path in paths}


def _described(path: Path, folder: Path) -> WebFile:
    forms = {"identity": Form(path, path.stat().st_size)}
    for name, suffix in ENCODINGS:
        beside = path.with_name(path.name + suffix)
        if beside.is_file():
            forms[name] = Form(beside, beside.stat().st_size)
    is_immutable = path.relative_to(folder).as_posix().startswith(HASHED)
    known = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0]
    etag = path.name if is_immutable else sha256(path.read_bytes()).hexdigest()[:32]
    return WebFile(known or "application/octet-stream", etag, is_immutable, forms)


def _names(accepted: str) -> set[str]:
    """The encodings in an Accept-Encoding that are not refused by q=0."""
    names = set()
    for entry in accepted.lower().split(","):
        name, _, quality = entry.partition(";")
        if not _REFUSED.fullmatch(quality.strip()):
            names.add(name.strip())
    return names


async def pieces(form: Form) -> AsyncGenerator[bytes, None]:
    """The bytes of a form, where the server cannot send the file by itself."""
    file = await asyncio.to_thread(form.path.open, "rb")
    try:
        while piece := await asyncio.to_thread(file.read, PIECE_BYTES):
            yield piece
    finally:
        file.close()
