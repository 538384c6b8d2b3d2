"""How many requests one person, or one address, may have unanswered at the same time."""

import asyncio

import httpx
import pytest

from chappe.http import OPTIONAL, Application, Bounds, JSONObject, Limit, RateLimits, Request, Routes
from chappe.http.rate import DEFAULT_RATES
from chappe.resources import Resources
from tests.http.conftest import BEARER, RecordingBus, SettableClock, Tokens, connected, errcode

pytestmark = pytest.mark.anyio

routes = Routes()
GUEST_BEARER = {"Authorization": "Bearer guest-token"}


class Bell(asyncio.Event):
    """Ends all that wait."""


@routes.get("/wait", auth=OPTIONAL, limit=Limit.NONE)
async def get_wait(request: Request) -> JSONObject:
    await request.of(Bell).wait()
    return {}


def waiting_room(bell: Bell, *, rate_limits: bool = True) -> Application:
    resources, clock = Resources(), SettableClock()
    resources.add(bell)
    bounds = Bounds(requests_of_a_person=3, requests_of_an_address=5)
    rates = RateLimits(DEFAULT_RATES if rate_limits else {}, clock)
    return Application(routes, resources, Tokens(), RecordingBus(), clock=clock, rates=rates, bounds=bounds)


async def ask(
    client: httpx.AsyncClient, times: int, headers: dict[str, str] | None = None
) -> list[asyncio.Task[httpx.Response]]:
    """So many requests at once; those that do not wait are answered when this returns."""
    tasks = [asyncio.create_task(client.get("/wait", headers=headers)) for _ in range(times)]
    await asyncio.wait(tasks, timeout=0.1)
    return tasks


def refused(tasks: list[asyncio.Task[httpx.Response]]) -> int:
    done = [task.result() for task in tasks if task.done()]
    assert all(errcode(answer) == (429, "M_LIMIT_EXCEEDED") for answer in done)
    assert all(answer.json()["retry_after_ms"] > 0 for answer in done)
    return len(done)


async def test_each_person_and_each_address_has_its_own_number() -> None:
    bell = Bell()
    application = waiting_room(bell)
    async with connected(application) as client, connected(application, "192.0.2.2") as elsewhere:
        all_asked = []
        for one, times, headers, too_many in (
            (client, 4, BEARER, 1),
            (elsewhere, 1, BEARER, 1),
            (client, 3, GUEST_BEARER, 0),
            (client, 7, None, 2),
            (elsewhere, 5, None, 0),
        ):
            asked = await ask(one, times, headers)
            assert refused(asked) == too_many
            all_asked += asked
        bell.set()
        statuses = [answer.status_code for answer in await asyncio.gather(*all_asked)]
        assert sorted(statuses) == [200] * 16 + [429] * 4


async def test_who_is_answered_or_has_gone_counts_no_more() -> None:
    bell = Bell()
    async with connected(waiting_room(bell)) as client:
        asked = await ask(client, 3, BEARER)
        asked[0].cancel()
        more = await ask(client, 2, BEARER)
        assert refused(more) == 1
        bell.set()
        await asyncio.wait(asked)
        bell.clear()
        again = await ask(client, 4, BEARER)
        assert refused(again) == 1
        bell.set()
        await asyncio.wait(again)


async def test_without_rate_limits_all_may_wait() -> None:
    bell = Bell()
    async with connected(waiting_room(bell, rate_limits=False)) as client:
        asked = await ask(client, 50, BEARER)
        assert refused(asked) == 0
        bell.set()
        assert {answer.status_code for answer in await asyncio.gather(*asked)} == {200}
