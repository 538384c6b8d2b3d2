"""An application with a few routes, real people's tokens, and a clock that stands still until it is set."""

import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import httpx
import msgspec
import pytest

from chappe.errors import Errcode, Refused
from chappe.http import (
    DEVICE,
    GUEST,
    NOBODY,
    OPTIONAL,
    Answer,
    Application,
    Bounds,
    JSONObject,
    Limit,
    Rate,
    RateLimits,
    RawJSON,
    Request,
    Route,
    Routes,
)
from chappe.http.asgi import ASGIFace
from chappe.ids import DeviceID, EventID, RoomAlias, RoomID, UserID
from chappe.resources import Resources
from chappe.stream.command import Command, Device
from chappe.stream.shards import REGISTER, Shard

ALICE = Device(UserID("@alice:example.org"), DeviceID("A"))
GUS = Device(UserID("@gus:example.org"), DeviceID("G"), is_guest=True)
BEARER = {"Authorization": "Bearer alice-token"}

routes = Routes()


class TypingBody(msgspec.Struct):
    typing: bool
    timeout: int = 30_000
    rooms: list[RoomID] = []


class Long(msgspec.Struct):
    """A body that notes which thread has read it."""

    text: str
    read_by: int = 0

    def __post_init__(self) -> None:
        self.read_by = threading.get_ident()


class Page(msgspec.Struct):
    since: str
    limit: int = 10
    full_state: bool = False
    via: list[str] = []
    direction: str | None = msgspec.field(default=None, name="dir")


class Greeting:
    """Something a process holds, for `request.of`."""

    text = "hello"


async def say(tx: object, device: Device | None, word: str) -> str:
    return f"{device.user_id if device else 'nobody'} says {word}"


@routes.get("/rooms/{room_id}/state/{event_type}/{state_key}", auth=NOBODY)
async def get_state(request: Request, room_id: RoomID, event_type: str, state_key: str) -> JSONObject:
    """Path parameters as they arrive."""
    return {"room": room_id, "type": event_type, "key": state_key}


@routes.post("/long", auth=NOBODY, max_body_bytes=1024 * 1024)
async def post_long(request: Request, body: Long) -> JSONObject:
    return {"length": len(body.text), "on_loop": body.read_by == threading.get_ident()}


@routes.get("/directory/{alias}", auth=NOBODY)
@routes.get("/old/directory/{alias}", auth=NOBODY, deprecated=True)
async def get_alias(request: Request, alias: RoomAlias) -> JSONObject:
    return {"alias": alias}


@routes.get("/events/{event_id}", auth=NOBODY)
async def get_event(request: Request, event_id: EventID) -> RawJSON:
    return RawJSON(b'{"spliced":true}')


@routes.get("/things/list", auth=NOBODY)
async def get_list(request: Request) -> JSONObject:
    return {"list": True}


@routes.get("/things/{name}/more", auth=NOBODY)
async def get_more(request: Request, name: str) -> JSONObject:
    return {"more": name}


@routes.put("/typing/{user_id}", auth=DEVICE, limit=Limit.TYPING)
async def put_typing(request: Request, user_id: UserID, body: TypingBody) -> TypingBody:
    return body


@routes.post("/echo", auth=NOBODY, limit=Limit.NONE, max_body_bytes=1000)
async def post_echo(request: Request, body: JSONObject) -> JSONObject:
    return body


@routes.put("/echo", auth=NOBODY, limit=Limit.NONE)
async def put_echo(request: Request, body: JSONObject) -> JSONObject:
    return body


@routes.post("/upload", auth=NOBODY, limit=Limit.NONE)
async def post_upload(request: Request) -> JSONObject:
    return {"bytes": sum([len(chunk) async for chunk in request.stream(limit=100_000)])}


@routes.get("/page", auth=NOBODY)
async def get_page(request: Request, query: Page) -> Page:
    return query


@routes.get("/who", auth=DEVICE, limit=Limit.NONE)
async def get_who(request: Request) -> JSONObject:
    return {"user": request.device.user_id, "token": request.token}


@routes.get("/who/guest", auth=GUEST, limit=Limit.NONE)
async def get_who_guest(request: Request) -> JSONObject:
    return {"user": request.device.user_id}


@routes.get("/who/optional", auth=OPTIONAL, limit=Limit.NONE)
async def get_who_optional(request: Request) -> JSONObject:
    return {"user": request.maybe_device.user_id if request.maybe_device else None}


@routes.get("/address", auth=NOBODY, limit=Limit.READS)
async def get_address(request: Request) -> JSONObject:
    return {"address": request.client_address, "agent": request.user_agent, "greeting": request.of(Greeting).text}


@routes.post("/login", auth=NOBODY, limit=Limit.LOGIN)
async def post_login(request: Request, body: JSONObject) -> JSONObject:
    request.limits.hit(Limit.LOGIN, str(body.get("user")))
    return {}


@routes.post("/say/{room_id}", auth=DEVICE, limit=Limit.NONE)
async def post_say(request: Request, room_id: RoomID) -> JSONObject:
    return {"room": await request.call(room_id, say, "a"), "register": await request.call(REGISTER, say, "b")}


@routes.get("/broken/exception", auth=NOBODY)
async def get_exception(request: Request) -> JSONObject:
    raise KeyError("the inside story")


@routes.get("/broken/result", auth=NOBODY)
async def get_wrong_result(request: Request) -> JSONObject:
    return {"key": object()}


@routes.get("/broken/refusal", auth=NOBODY)
async def get_wrong_refusal(request: Request) -> JSONObject:
    raise Refused(Errcode.FORBIDDEN, "No.", inside=object())


@routes.get("/refused", auth=NOBODY)
async def get_refused(request: Request) -> JSONObject:
    raise Refused(Errcode.INCOMPATIBLE_ROOM_VERSION, "Not this version.", room_version="99")


@routes.get("/page.html", auth=NOBODY)
async def get_html(request: Request) -> Answer:
    return Answer(418, b"<p>", (("Content-Type", "text/html"), ("X-Own", "yes")))


class SettableClock:
    """Stands still until a test moves it."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def now_ms(self) -> int:
        return int(self.seconds * 1000)

    def monotonic(self) -> float:
        return self.seconds


class Tokens:
    """Alice's token is in the cache, the guest's has to be looked up."""

    def cached(self, token: str) -> Device | None:
        return ALICE if token == "alice-token" else None

    async def authenticate(self, token: str) -> Device:
        if token == "guest-token":
            return GUS
        raise Refused(Errcode.UNKNOWN_TOKEN, "This access token is not known.", soft_logout=False)

    async def require_permitted(self, device: Device, route: Route) -> None:
        raise Refused(Errcode.USER_SUSPENDED, "This account is suspended.")


@dataclass
class RecordingBus:
    """Runs every command here, as a single process does, and remembers it."""

    commands: list[tuple[Shard, Command]] = field(default_factory=list)

    async def call(self, shard: Shard, command: Command) -> object:
        self.commands.append((shard, command))
        return await command.act(None, command.device, *command.arguments)


RATES = {
    Limit.READS: Rate(per_second=10, burst=1000),
    Limit.TYPING: Rate(per_second=0.5, burst=3),
    Limit.LOGIN: Rate(per_second=0.1, burst=4),
}


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, bool]]:
    return "asyncio", {"use_uvloop": True}


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock()


@pytest.fixture
def bus() -> RecordingBus:
    return RecordingBus()


@pytest.fixture
async def application(clock: SettableClock, bus: RecordingBus) -> Application:
    resources = Resources()
    resources.add(Greeting())
    return Application(
        routes,
        resources,
        Tokens(),
        bus,
        clock=clock,
        rates=RateLimits(RATES, clock),
        bounds=Bounds(body_seconds=0.2, stop_grace_seconds=0.5),
        trusted_proxies=["10.0.0.0/8"],
    )


@pytest.fixture
async def client(application: Application) -> AsyncIterator[httpx.AsyncClient]:
    async with connected(application) as client:
        yield client


def connected(application: Application, peer: str = "192.0.2.1") -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=ASGIFace(application), client=(peer, 1234))
    return httpx.AsyncClient(transport=transport, base_url="http://chappe.test")


def errcode(answer: httpx.Response) -> tuple[int, str]:
    """Status and code of a refusal, which must have the form of a Matrix error and the CORS headers."""
    told = answer.json()
    assert set(told) >= {"errcode", "error"}
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["content-type"] == "application/json"
    return answer.status_code, told["errcode"]
