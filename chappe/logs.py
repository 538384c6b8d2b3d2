"""The log: for people, or as JSON lines. What people say, their tokens and their addresses are not in it.

Nothing in the program logs those. What might still carry them is cut here, for both formats: the text of exceptions,
which may quote what they failed on, and anything that looks like an address or a token.
"""

import logging
import re
import sys
import traceback
from datetime import UTC, datetime
from typing import Any

import msgspec

from chappe.errors import Refused, StartupError
from chappe.http.application import request_id

MAX_MESSAGE_CHARS = 2_000
MAX_FRAMES = 30
MAX_CAUSES = 4

_IPV4 = re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}\b")
_IPV6 = re.compile(r"(?<![\w:.])(?=[0-9A-Fa-f:]*:[0-9A-Fa-f:]*:)[0-9A-Fa-f:]{2,39}(?![\w:])")
_TOKEN = re.compile(r"\b[A-Za-z0-9_-]{32,}\b")
"""Access tokens and any other long word, ids of rooms and events among them. Ids of requests are shorter."""
_DETAIL = re.compile(r"\n(?:DETAIL|HINT|CONTEXT):.*", re.DOTALL)
"""PostgreSQL quotes values there."""


def install(format: str) -> None:
    """Log to standard error in that format, `text` or `json`."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JSONLines() if format == "json" else Lines())
    logging.basicConfig(level=logging.INFO, handlers=[handler])


def scrubbed(text: str) -> str:
    """The text without what looks like an address or a token, and not too long."""
    text = _DETAIL.sub("", text[:MAX_MESSAGE_CHARS])
    return _TOKEN.sub("…", _IPV4.sub("(address)", _IPV6.sub("(address)", text)))


class Lines(logging.Formatter):
    """One line a record, and below it the frames of a failure."""

    def format(self, record: logging.LogRecord) -> str:
        said = _said(record)
        lines = [f"{self.formatTime(record)} {record.levelname} {record.name}: {said}"]
        for each in _causes(record.exc_info[1] if record.exc_info else None):
            lines.append(f"  Traceback of {each['type']} {each['text']}".rstrip())
            lines += [f"    {frame}" for frame in each["frames"]]
        return "\n".join(lines)


class JSONLines(logging.Formatter):
    """One JSON object a line: time, level, logger, message; request and error where there are."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _said(record),
        }
        if request := request_id.get():
            line["request"] = request
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = _causes(record.exc_info[1])
        return msgspec.json.encode(line).decode()


def _said(record: logging.LogRecord) -> str:
    text = record.getMessage()
    if record.name == "asyncio":
        text = text.partition("\n")[0]  # below, it prints tasks and exceptions with whatever they hold
    return scrubbed(text)


def _causes(error: BaseException | None) -> list[dict[str, Any]]:
    """An exception and what it came from: type, frames, and the text where it quotes nobody."""
    found: list[dict[str, Any]] = []
    while error is not None and len(found) < MAX_CAUSES:
        frames = traceback.extract_tb(error.__traceback__)[-MAX_FRAMES:]
        found.append(
            {
                "type": type(error).__qualname__,
                "text": _text_of(error),
                "frames": [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames],
            }
        )
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return found


def _text_of(error: BaseException) -> str:
    """Only what we or the operating system wrote: others' exceptions may quote what they failed on."""
    if isinstance(error, Refused):
        return error.code.code
    if isinstance(error, StartupError):
        return scrubbed(error.message)
    if isinstance(error, OSError):
        return error.strerror or ""
    return ""


def _short(path: str) -> str:
    """The path from the package on."""
    for folder in ("/site-packages/", "/chappe/"):
        _, found, rest = path.rpartition(folder)
        if found:
            return rest if folder == "/site-packages/" else f"chappe/{rest}"
    return path.rpartition("/")[2]
