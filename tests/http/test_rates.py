"""Rate limits: the burst, the pace after it, who is counted, and how much is remembered."""

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chappe.errors import Refused
from chappe.http import Application, Limit, Rate, RateLimits, rates_from
from chappe.http.rate import DEFAULT_RATES, MAX_KEYS
from tests.http.conftest import BEARER, SettableClock, connected, errcode


async def put_typing(client: httpx.AsyncClient) -> httpx.Response:
    return await client.put("/typing/@a:b", json={"typing": True}, headers=BEARER)


def told_to_wait_ms(limits: RateLimits) -> int:
    """How long a message has to wait, 0 when it was let through."""
    try:
        limits.hit(Limit.MESSAGES, "@a:b")
    except Refused as no:
        return int(str(no.details["retry_after_ms"]))
    return 0


@pytest.mark.anyio
async def test_after_the_burst_one_request_in_its_interval(client: httpx.AsyncClient, clock: SettableClock) -> None:
    assert [(await put_typing(client)).status_code for _ in range(3)] == [200] * 3
    refused = await put_typing(client)
    assert errcode(refused) == (429, "M_LIMIT_EXCEEDED")
    assert refused.json()["retry_after_ms"] == 2000
    assert refused.headers["retry-after"] == "2"

    clock.seconds += 1.5
    assert (await put_typing(client)).json()["retry_after_ms"] == 500
    clock.seconds += 0.5
    assert (await put_typing(client)).status_code == 200
    assert (await put_typing(client)).status_code == 429


@pytest.mark.anyio
async def test_people_are_counted_by_user_and_strangers_by_address(application: Application) -> None:
    async with connected(application, "192.0.2.1") as one, connected(application, "192.0.2.2") as two:
        for number in range(4):
            assert (await one.post("/login", json={"user": f"name{number}"})).status_code == 200
        assert (await one.post("/login", json={"user": "other"})).status_code == 429
        assert (await two.post("/login", json={"user": "other"})).status_code == 200
        for client in (one, two, one):
            assert (await put_typing(client)).status_code == 200
        assert (await put_typing(two)).status_code == 429


@pytest.mark.anyio
async def test_an_account_is_guarded_against_many_addresses(application: Application) -> None:
    statuses = []
    for number in range(6):
        async with connected(application, f"192.0.2.{number}") as client:
            statuses.append((await client.post("/login", json={"user": "alice"})).status_code)
    assert statuses == [200] * 4 + [429] * 2


@pytest.mark.anyio
async def test_an_ipv6_subscriber_is_counted_as_one(application: Application) -> None:
    statuses = []
    for number in range(6):
        async with connected(application, f"2001:db8:1:2::{number:x}") as client:
            statuses.append((await client.post("/login", json={"user": f"name{number}"})).status_code)
    assert statuses == [200] * 4 + [429] * 2


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(min_value=0, max_value=3), max_size=60), st.integers(1, 5), st.floats(0.1, 20))
def test_no_window_holds_more_than_burst_and_pace(pauses: list[float], burst: int, per_second: float) -> None:
    clock = SettableClock()
    limits = RateLimits({Limit.MESSAGES: Rate(per_second, burst)}, clock)
    admitted: list[float] = []
    for pause in pauses:
        clock.seconds += pause
        wait_ms = told_to_wait_ms(limits)
        if wait_ms:
            assert wait_ms <= 1000 / per_second + 1
        else:
            admitted.append(clock.seconds)
    for first in range(len(admitted)):
        for last in range(first, len(admitted)):
            window = admitted[last] - admitted[first]
            assert last - first + 1 <= burst + window * per_second + 1e-6


def test_waiting_as_told_is_always_enough() -> None:
    clock = SettableClock()
    limits = RateLimits({Limit.MESSAGES: Rate(3, 2)}, clock)
    for _ in range(200):
        if wait_ms := told_to_wait_ms(limits):
            clock.seconds += wait_ms / 1000
            assert told_to_wait_ms(limits) == 0


def test_the_table_is_bounded_and_forgets_who_was_seen_longest_ago() -> None:
    clock = SettableClock()
    limits = RateLimits({Limit.LOGIN: Rate(0.001, 2)}, clock)
    limits.hit(Limit.LOGIN, "first")
    limits.hit(Limit.LOGIN, "second")
    for number in range(MAX_KEYS - 2):
        limits.hit(Limit.LOGIN, f"n{number}")
    limits.hit(Limit.LOGIN, "first")
    limits.hit(Limit.LOGIN, "new")  # forgets "second"
    with pytest.raises(Refused):
        limits.hit(Limit.LOGIN, "first")
    limits.hit(Limit.LOGIN, "second")
    limits.hit(Limit.LOGIN, "second")


def test_the_setting_switches_off_replaces_or_names_what_is_wrong() -> None:
    assert rates_from(False) == {}
    assert rates_from(True) == DEFAULT_RATES
    changed = rates_from({"typing": Rate(1, 1)})
    assert changed[Limit.TYPING] == Rate(1, 1)
    assert changed[Limit.LOGIN] == DEFAULT_RATES[Limit.LOGIN]
    with pytest.raises(ValueError, match="typnig"):
        rates_from({"typnig": Rate(1, 1)})
    for per_second, burst in ((0, 1), (-1, 1), (1, 0), (float("nan"), 1)):
        with pytest.raises(ValueError, match="rate limit"):
            Rate(per_second, burst)
    off = RateLimits(rates_from(False), SettableClock())
    for _ in range(1000):
        off.hit(Limit.LOGIN, "a")


def test_several_at_once_are_let_in_and_waited_for_afterwards() -> None:
    clock = SettableClock()
    limits = RateLimits({Limit.INVITES: Rate(1, 5)}, clock)
    limits.hit(Limit.INVITES, "a", 50)
    with pytest.raises(Refused) as refused:
        limits.hit(Limit.INVITES, "a")
    assert refused.value.details["retry_after_ms"] == 46_000
    clock.seconds += 46
    limits.hit(Limit.INVITES, "a")


def test_what_is_given_back_does_not_count() -> None:
    limits = RateLimits({Limit.LOGIN: Rate(0.001, 2)}, SettableClock())
    for _ in range(10):
        limits.hit(Limit.LOGIN, "a")
        limits.give_back(Limit.LOGIN, "a")
    limits.hit(Limit.LOGIN, "a")
    limits.hit(Limit.LOGIN, "a")
    with pytest.raises(Refused):
        limits.hit(Limit.LOGIN, "a")


def test_every_limit_has_a_default() -> None:
    assert set(DEFAULT_RATES) == set(Limit) - {Limit.NONE}
