"""From a request to its answer: route, who asks, how often, parameters, handler, rendering."""

import asyncio
import itertools
import logging
import secrets
from collections.abc import Iterable
from contextvars import ContextVar
from time import perf_counter
from typing import Protocol

from chappe.clock import Clock, SystemClock
from chappe.errors import Errcode, Refused
from chappe.http import body, query
from chappe.http.answer import PREFLIGHT, Answer, broken, refusal, render
from chappe.http.deadline import Deadline
from chappe.http.limits import MAX_BYTES_READ_ON_LOOP, RETRY_AFTER_MS, Bounds
from chappe.http.proxies import Proxies
from chappe.http.rate import DEFAULT_RATES, Limit, RateLimits, key_of_address
from chappe.http.request import Receive, Request, Scope
from chappe.http.router import Router
from chappe.http.routes import Auth, Route, Routes
from chappe.http.tally import Tally
from chappe.resources import Resources
from chappe.stream.command import Bus, Device, Standing

logger = logging.getLogger(__name__)

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""The id of the request being answered, for log lines written on its way."""


LIMITED_TIMES = 5
"""How many times each request of a limited account counts: it may do so much less in the same time."""


class Authenticator(Protocol):
    """Whose an access token is. `accounts/` provides it."""

    def cached(self, token: str) -> Device | None:
        """The device, if it is known for sure without asking the database; None otherwise."""

    async def authenticate(self, token: str) -> Device:
        """The device. Refuses with UNKNOWN_TOKEN."""

    async def require_permitted(self, device: Device, route: Route) -> None:
        """Refuse what the standing of an account does not permit. Asked only where it is not good."""


class Application:
    """The HTTP side of one process. Its faces (`asgi.py`) hand requests to `respond`."""

    def __init__(
        self,
        routes: Routes,
        resources: Resources,
        authenticator: Authenticator,
        bus: Bus,
        *,
        clock: Clock | None = None,
        rates: RateLimits | None = None,
        bounds: Bounds | None = None,
        trusted_proxies: Iterable[str] = (),
    ) -> None:
        self.routes = routes
        self.resources = resources
        self.bus = bus
        self.clock = clock or SystemClock()
        self.rates = rates or RateLimits(DEFAULT_RATES, self.clock)
        self.bounds = bounds or Bounds()
        self.proxies = Proxies(trusted_proxies)
        self.stopping = asyncio.Event()
        self.in_flight: set[asyncio.Task[object]] = set()
        """The tasks of requests that are not yet answered; the face keeps it."""
        self._at_once: dict[str, int] = {}
        """How many requests of each person, or else of each address, are being answered."""
        self.body_deadline = Deadline(self.bounds.body_seconds)
        self.tally = Tally()
        self._router = Router(routes)
        self._authenticator = authenticator
        self._numbers = itertools.count(1)
        self._process = secrets.token_hex(4)

    def request(self, scope: Scope, receive: Receive) -> Request:
        """A request with its id, which no other request of this or another process has."""
        return Request(self, scope, receive, f"{self._process}-{next(self._numbers):x}")

    async def respond(self, request: Request) -> Answer:
        """The answer to `request`, whatever happens. Only cancellation passes through."""
        began = perf_counter()
        template = "-"
        try:
            request_id.set(request.id)
            if self.stopping.is_set() or len(self.in_flight) > self.bounds.requests_at_once:
                raise busy()
            if request.method == "OPTIONS":
                return PREFLIGHT
            route, values = self._router.match(request.method, request.raw_path)
            template = route.path
            answer = render(await self._handle(request, route, values))
        except Refused as no:
            answer = self._refuse(no, request, template)
        except Exception:  # noqa: BLE001  # whatever it was, the client gets an answer and the log the reason
            answer = self._break(request, template)
        took = perf_counter() - began
        self.tally.count(template, answer.status, took)
        if logger.isEnabledFor(logging.DEBUG):
            logger.debug("%s %s %s %d %.1f ms", request.id, request.method, template, answer.status, took * 1000)
        return answer

    async def _handle(self, request: Request, route: Route, values: list[str]) -> object:
        if route.auth is not Auth.NOBODY and (token := _token(request, route.auth)) is not None:
            device = self._authenticator.cached(token) or await self._authenticator.authenticate(token)
            if device.is_guest and route.auth is Auth.DEVICE:
                raise Refused(Errcode.GUEST_ACCESS_FORBIDDEN, "Guests cannot do this. Register an account first.")
            if device.standing is not Standing.GOOD:
                await self._authenticator.require_permitted(device, route)
            request.maybe_device = device
        who = request.maybe_device
        key = who.user_id if who else "address " + key_of_address(request.client_address)
        if route.limit is not Limit.NONE:
            is_limited = who is not None and who.standing is Standing.LIMITED
            self.rates.hit(route.limit, key, LIMITED_TIMES if is_limited else 1)
        at_once = self._at_once.get(key, 0)
        bounds = self.bounds
        if at_once >= (bounds.requests_of_a_person if who else bounds.requests_of_an_address) and not self.rates.is_off:
            raise too_many_at_once()
        self._at_once[key] = at_once + 1
        try:
            return await self._run(request, route, values)
        finally:
            if left := self._at_once[key] - 1:
                self._at_once[key] = left
            else:
                del self._at_once[key]

    async def _run(self, request: Request, route: Route, values: list[str]) -> object:
        arguments: dict[str, object] = {
            name: parse(value, where) if parse else value
            for (name, parse, where), value in zip(route.parameters, values, strict=True)
        }
        if route.query is not None:
            arguments["query"] = query.convert(request.query(), route.query)
        if route.body is not None:
            raw = await request.body_bytes(route.max_body_bytes)
            is_long = len(raw) > MAX_BYTES_READ_ON_LOOP
            arguments["body"] = await asyncio.to_thread(body.read, raw, route) if is_long else body.read(raw, route)
        return await route.handler(request, **arguments)

    def _refuse(self, no: Refused, request: Request, template: str) -> Answer:
        try:
            return refusal(no)
        except Exception:  # noqa: BLE001  # details that are no JSON are our mistake, not the client's
            return self._break(request, template)

    def _break(self, request: Request, template: str) -> Answer:
        logger.exception("Request %s broke: %s %s", request.id, request.method, template)
        return broken(request.id)


def _token(request: Request, auth: Auth) -> str | None:
    token = request.sent_token()
    if token is None and auth is not Auth.OPTIONAL:
        raise Refused(Errcode.MISSING_TOKEN, "An access token is needed: Authorization: Bearer and the token.")
    return token


def busy() -> Refused:
    """The refusal of a server that has too much to do, or is ending."""
    return Refused(Errcode.UNAVAILABLE, "The server is busy or restarting. Try again.", retry_after_ms=RETRY_AFTER_MS)


def too_many_at_once() -> Refused:
    """The refusal of one more request by someone who has very many that are not answered yet."""
    return Refused(
        Errcode.LIMIT_EXCEEDED, "Too many of your requests wait for their answer.", retry_after_ms=RETRY_AFTER_MS
    )
