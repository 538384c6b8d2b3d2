"""A house worth attacking: people, rooms and events that exist, and a wire that sends any bytes at all."""

import asyncio
import hmac
import json
import logging
from hashlib import sha1
from io import BytesIO
from typing import Any
from urllib.parse import quote

from PIL import Image

from chappe.app import Chappe
from chappe.http.asgi import ASGIFace
from chappe.storage import Database
from tests.house import CLIENT, House, Person

OUTSIDE = (b"/_", b"/.well-known", b"/assets/", b"/icons/", b"/service-worker.js", b"/manifest.webmanifest")
"""How paths begin that are not below the Client-Server API: those of other APIs, and of the web client."""

SECRET = "the shared secret"

CORS = {
    b"access-control-allow-origin": b"*",
    b"access-control-allow-methods": b"GET, POST, PUT, DELETE, OPTIONS",
    b"access-control-allow-headers": b"X-Requested-With, Content-Type, Authorization",
}

PREFLIGHT_CORS = {
    **CORS,
    b"access-control-allow-methods": b"GET, POST, PUT, PATCH, DELETE, OPTIONS",
    b"access-control-allow-headers": CORS[b"access-control-allow-headers"]
    + b", Upload-Offset, Upload-Complete, Upload-Length",
}

COUNTED = (
    "account", "device", "profile", "account_data", "filter", "registration_token", "room", "event", "state_change",
    "member_change", "user_room", "redacted_original", "room_alias", "highlight", "outbox", "receipt",
    "media", "reserved_media", "unfinished_upload", "to_device_message", "key_backup", "backed_up_key",
    "dehydrated_device",
    "operator_role", "proposal", "console_session", "audit_entry",
)  # fmt: skip
"""Tables that a refused request leaves as they were. The others are written by readers that follow later, or
keep what a refusal itself makes: a session to authenticate in, a nonce."""

_COUNT = " UNION ALL ".join(
    [f"SELECT '{table}', COUNT(*) FROM {table}" for table in COUNTED]
    + ["SELECT 'positions', CAST(SUM(head) AS BIGINT) FROM shard WHERE id < 256"]
)


class Answered:
    """An answer as it stood on the wire."""

    def __init__(self, asked: str, status: int, headers: dict[bytes, bytes], body: bytes) -> None:
        self.asked = asked
        self.status = status
        self.headers = headers
        self.body = body
        is_json = headers.get(b"content-type", b"").startswith(b"application/json")
        self.json: Any = json.loads(body) if is_json and body else None

    def __repr__(self) -> str:
        return f"{self.asked} -> {self.status} {self.body[:600]!r}"

    @property
    def code(self) -> tuple[int, str]:
        """Status and errcode."""
        return self.status, self.json.get("errcode", "") if isinstance(self.json, dict) else ""

    def judge(self) -> "Answered":
        """Fail unless this is a success, or a refusal that helps; in any case with CORS."""
        assert self.status < 500, self
        cors = PREFLIGHT_CORS if self.asked.startswith("OPTIONS ") else CORS
        assert cors.items() <= self.headers.items(), self
        if (
            self.status < 400
            or self.asked.startswith("HEAD ")
            or self.headers[b"content-type"].startswith(b"text/html")
        ):
            return self
        if self.status == 401 and "flows" in self.json:
            assert self.json["session"], self
            assert ("errcode" in self.json) == ("error" in self.json), self
        if "flows" not in self.json or "errcode" in self.json:
            assert self.json["errcode"].startswith("M_"), self
            assert self.json["errcode"] != "M_UNKNOWN" or self.status != 404, self
            sentence = self.json["error"]
            assert len(sentence) >= 15, self
            assert " " in sentence, self
            assert len(self.body) < 4_096, "a refusal is short, whatever was sent"
        return self


class LoggedErrors(logging.Handler):
    """What the server logged as its own mistakes: also those that no request is told of, of readers."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.found.append(logging.Formatter().format(record))


class Estate:
    """Ann owns two rooms; Ben is in both; Eve is in none; Olga runs the server; Gus is a guest."""

    ann: Person
    ben: Person
    eve: Person
    olga: Person
    gus: Person
    open_room: str
    closed_room: str
    event: str
    redacted: str
    media_id: str

    def __init__(self, chappe: Chappe, house: House) -> None:
        self.chappe = chappe
        self.house = house
        self.errors = LoggedErrors()
        self._face = ASGIFace(chappe.application)
        self._words = 0
        logging.getLogger("chappe").addHandler(self.errors)

    async def furnish(self) -> None:
        """Let people in, and let them make rooms and say something."""
        house = self.house
        self.ann, self.ben, self.eve = [await house.person(name) for name in ("ann", "ben", "eve")]
        self.olga = await self._operator("olga")
        guest = (await house.request("POST", "/register", {}, query={"kind": "guest"})).ok()
        self.gus = Person(house, guest["user_id"], guest["access_token"], guest["device_id"])
        self.open_room = await self.ann.create_room(preset="public_chat", room_alias_name="open", visibility="public")
        self.closed_room = await self.ann.create_room(preset="private_chat", invite=[self.ben.user_id])
        for room in (self.open_room, self.closed_room):
            (await self.ben.join(room)).ok()
        self.event = await self.ben.send(self.open_room, "hello")
        self.redacted = await self.ben.send(self.open_room, "taken back")
        (await self.ben.put(f"/rooms/{self.open_room}/redact/{self.redacted}/r1", {})).ok()
        picture = BytesIO()
        Image.new("RGB", (600, 600)).save(picture, "PNG")
        said = await self.ask("POST", "/_matrix/media/v3/upload", picture.getvalue(), token=self.ben.token)
        self.media_id = said.json["content_uri"].rpartition("/")[2]
        (await self.ann.post("/room_keys/version", {"algorithm": "x", "auth_data": {}})).ok()

    async def _operator(self, name: str) -> Person:
        path = "/_synapse/admin/v1/register"
        nonce = (await self.house.request("GET", path)).ok()["nonce"]
        parts = "\0".join((nonce, name, House.PASSWORD, "admin"))
        mac = hmac.new(SECRET.encode(), parts.encode(), sha1).hexdigest()
        body = {"nonce": nonce, "username": name, "password": House.PASSWORD, "admin": True, "mac": mac}
        answer = (await self.house.request("POST", path, body)).ok()
        return Person(self.house, answer["user_id"], answer["access_token"], answer["device_id"])

    def fresh(self) -> str:
        """A word that was not used before."""
        self._words += 1
        return f"fresh{self._words}"

    async def newcomer(self) -> Person:
        """Somebody whose account a test may ruin."""
        return await self.house.person(self.fresh())

    async def ask(
        self,
        method: str,
        path: str | bytes,
        body: object = None,
        *,
        token: str | None = None,
        query: bytes = b"",
        headers: list[tuple[bytes, bytes]] | None = None,
    ) -> Answered:
        """One request, judged. The path is sent as it is; bytes are sent as they are, anything else as JSON."""
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        raw_path = path if isinstance(path, bytes) else quote(path, safe="/%!$@#:+._~=-*,;'()&").encode()
        if not raw_path.startswith(OUTSIDE) and raw_path != b"/":
            raw_path = CLIENT.encode() + raw_path
        sent = [(b"host", b"chappe.test"), (b"content-length", str(len(raw)).encode()), *(headers or [])]
        if token is not None:
            sent.append((b"authorization", b"Bearer " + token.encode()))
        scope = {
            "type": "http",
            "method": method,
            "raw_path": raw_path,
            "query_string": query,
            "headers": sent,
            "client": ("127.0.0.1", 40_000),
        }
        told: list[dict[str, Any]] = []

        bodies = iter([{"type": "http.request", "body": raw, "more_body": False}])

        async def receive() -> dict[str, Any]:
            for body in bodies:
                return body
            return await asyncio.Future()  # whoever asks stays until they have the answer

        async def send(message: Any) -> None:
            told.append(message)

        await self._face(scope, receive, send)
        asked = f"{method} {raw_path[:300]!r} {query[:300]!r} {raw[:600]!r}"
        answered = Answered(asked, told[0]["status"], dict(told[0]["headers"]), told[1]["body"])
        self.require_no_errors()
        return answered.judge()

    def require_no_errors(self) -> None:
        """Fail if the server logged a mistake of its own since this was last asked."""
        found, self.errors.found = self.errors.found, []
        assert not found, found[0]

    async def stored(self) -> dict[str, int]:
        """How much is stored, once everything queued has settled and whoever follows the log has come to its end."""
        await self.house.settle()
        for reader in self.chappe.readers:
            await self.house.caught_up(reader.name)
        return dict(await self.chappe.resources.of(Database).fetch(_COUNT))

    async def close(self) -> None:
        logging.getLogger("chappe").removeHandler(self.errors)
        await self.house.close()
