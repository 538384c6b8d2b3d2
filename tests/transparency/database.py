"""The EU's Transparency Database, as strict as the real one, on this machine. R80, R81."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import jsonschema

import chappe.transparency

SCHEMA = json.loads((Path(chappe.transparency.__file__).parent / "statement.schema.json").read_text())
_LAW = ("illegal_content_legal_ground", "illegal_content_explanation")
_TERMS = ("incompatible_content_ground", "incompatible_content_explanation", "incompatible_content_illegal")


class EUDatabase:
    """Takes statements, refuses wrong ones, and drops without a word what the real one drops."""

    def __init__(self) -> None:
        self.stored: dict[str, dict[str, Any]] = {}
        self.dropped: list[str] = []
        """Fields that somebody sent for nothing."""
        self.requests: list[tuple[str, str]] = []
        self.batches: list[int] = []
        self.token = "first-token"
        self.port = 0
        self.broken: Callable[[str], str | None] = lambda request: None
        """What goes wrong with a request: `before` it is done, `after` it, or a status that a proxy answers."""
        self.refuses: set[str] = set()
        """PUIDs that it does not like, for reasons of its own."""
        self.writers: list[asyncio.StreamWriter] = []
        self.is_mute = False
        """Whether it says that something is wrong, and not what."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/api/v1"

    def new_token(self, token: str) -> None:
        """The old one is worth nothing from now on."""
        self.token = token

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writers.append(writer)
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
                headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:-2])}
                body = await reader.readexactly(int(headers.get("content-length", "0")))
                method, path, _ = head[0].split(" ")
                self.requests.append((method, path))
                trouble = self.broken(f"{method} {path}")
                if trouble == "before":
                    break
                if trouble is not None and trouble.isdecimal():
                    status, answer = int(trouble), b"<html>a proxy</html>"
                else:
                    status, told = self._answer(method, path, headers, body)
                    answer = json.dumps(told).encode()
                if trouble == "after":
                    break
                line = f"HTTP/1.1 {status} X\r\nContent-Length: {len(answer)}\r\nLocation: /elsewhere\r\n\r\n"
                writer.write(line.encode() + answer)
                await writer.drain()
        writer.close()

    def _answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, Any]:
        if headers.get("authorization") != f"Bearer {self.token}":
            return 401, {"message": "Unauthenticated."}
        asked = "/api/v1/statement/existing-puid/"
        if method == "GET" and path.startswith(asked):
            puid = path.removeprefix(asked)
            is_there = puid in self.stored
            word = "found" if is_there else "not found"
            return (302 if is_there else 404), {"message": f"statement of reason {word}", "puid": puid}
        if headers.get("content-type") != "application/json" or headers.get("accept") != "application/json":
            return 302, {}  # the real one sends to a page for people
        if (method, path) == ("POST", "/api/v1/statement"):
            return self._one(json.loads(body))
        if (method, path) == ("POST", "/api/v1/statements"):
            return self._several(json.loads(body).get("statements"))
        return 404, {"message": "Not found"}

    def _one(self, given: dict[str, Any]) -> tuple[int, Any]:
        kept, errors = self._checked(given)
        if errors:
            return 422, {"message": "wrong", "errors": errors}
        if kept["puid"] in self.stored:
            message = "The identifier given is not unique within this platform."
            existing = self.stored[kept["puid"]]
            return 422, {"message": message, "errors": {"puid": [message]}, "existing": existing}
        return 201, self._store(kept)

    def _several(self, given: Any) -> tuple[int, Any]:
        if not isinstance(given, list) or not 1 <= len(given) <= 100:
            return 422, {"message": "between 1 and 100", "errors": {"statements": ["between 1 and 100"]}}
        self.batches.append(len(given))
        checked = [self._checked(one) for one in given]
        errors = {f"statement_{number}": wrong for number, (_, wrong) in enumerate(checked) if wrong}
        if errors:
            return 422, ({"message": "wrong"} if self.is_mute else {"errors": errors})
        puids = [kept["puid"] for kept, _ in checked]
        twice = [puid for puid in puids if puid in self.stored or puids.count(puid) > 1]
        if twice:
            message = "The platform identifier(s) are not all unique within this call."
            return 422, {"message": message, "errors": {"puid": [message], "existing_puids": twice}}
        return 201, {"statements": [self._store(kept) for kept, _ in checked]}

    def _checked(self, given: dict[str, Any]) -> tuple[dict[str, Any], dict[str, list[str]]]:
        is_law = given.get("decision_ground") == "DECISION_GROUND_ILLEGAL_CONTENT"
        unwanted = {name for name in (_TERMS if is_law else _LAW) if given.get(name) is not None}
        if given.get("source_type") == "SOURCE_VOLUNTARY" and given.get("source_identity") is not None:
            unwanted.add("source_identity")
        self.dropped += sorted(unwanted)
        kept = {name: value for name, value in given.items() if name not in unwanted}
        errors: dict[str, list[str]] = {}
        for error in jsonschema.Draft202012Validator(SCHEMA).iter_errors(kept):
            errors.setdefault(str(error.path[0]) if error.path else "statement", []).append(error.message)
        if kept.get("puid") in self.refuses:
            errors["category"] = ["The selected category is invalid."]
        return kept, errors

    def _store(self, kept: dict[str, Any]) -> dict[str, Any]:
        number = len(self.stored)
        stored = {**kept, "uuid": f"00000000-0000-4000-8000-{number:012}", "permalink": f"https://x.test/{number}"}
        self.stored[kept["puid"]] = stored
        return stored


@contextlib.asynccontextmanager
async def eu_database() -> AsyncIterator[EUDatabase]:
    double = EUDatabase()
    server = await asyncio.start_server(double.serve, "127.0.0.1", 0, limit=4 * 1024 * 1024)
    double.port = server.sockets[0].getsockname()[1]
    try:
        yield double
    finally:
        server.close()
        for writer in double.writers:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()
