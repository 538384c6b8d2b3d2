"""Requests made at random from our own description of the endpoints: nothing breaks."""

import os
from typing import Any
from urllib.parse import quote

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.core.result import Ok

from chappe.app import all_routes
from chappe.http.openapi import document
from tests.hostile.estate import Estate
from tests.house import Person

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

BASE = "http://chappe.test"
EXAMPLES = 40
SOAK_EXAMPLES = int(os.environ.get("CHAPPE_SOAK_EXAMPLES", "20000")) // 50

schema = schemathesis.openapi.from_dict(document(all_routes(), "1"))
OPERATIONS = {one.label: one for one in (read.ok() for read in schema.get_all_operations() if isinstance(read, Ok))}
assert len(OPERATIONS) == len(all_routes()), "some endpoint is not described well enough to be asked"
ENDING = ("/logout", "/logout/all", "/account/deactivate")
"""Whoever asks this has no token afterwards, so that somebody new asks it each time."""


def values_of(estate: Estate) -> dict[str, list[str]]:
    """For each path parameter, values that exist."""
    people = [person.user_id for person in (estate.ann, estate.ben, estate.eve, estate.gus)]
    rooms = [estate.open_room, estate.closed_room]
    return {
        "room_id": rooms,
        "room_id_or_alias": [*rooms, "#open:localhost"],
        "event_id": [estate.event, estate.redacted],
        "user_id": people,
        "alias": ["#open:localhost", "#other:localhost"],
        "event_type": ["m.room.message", "m.room.member", "m.room.power_levels", "m.room.name", "m.room.redaction"],
        "state_key": ["", *people],
        "receipt_type": ["m.read", "m.read.private", "m.fully_read"],
        "key": ["displayname", "avatar_url", "m.tz", "org.example.any"],
        "device_id": [estate.ann.device_id, estate.eve.device_id],
        "auth_type": ["m.login.terms", "m.login.registration_token"],
        "server_name": ["localhost"],
        "media_id": [estate.media_id],
    }


def generated(label: str, estate: Estate, number: int) -> list[tuple[dict[str, Any], Person]]:
    """Requests of one operation, right ones and wrong ones, most of them about things that exist; and who asks.

    They are drawn before any is sent: Hypothesis ends a draw with an exception that may not pass the event loop.
    """
    operation = OPERATIONS[label]
    modes = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE] if operation.body or operation.query else [None]
    cases = st.one_of(
        [operation.as_strategy(generation_mode=mode) if mode else operation.as_strategy() for mode in modes]
    )
    people = st.sampled_from([estate.ann, estate.ben, estate.eve, estate.olga, estate.gus])
    known = {name: st.sampled_from(values) for name, values in values_of(estate).items()}
    found: list[tuple[dict[str, Any], Person]] = []

    @settings(max_examples=number, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(case=cases, exists=st.fixed_dictionaries(known), invents=st.integers(0, 4), person=people)
    def collect(case: schemathesis.Case[Any], exists: dict[str, str], invents: int, person: Person) -> None:
        if invents:
            case.path_parameters = {name: exists.get(name, value) for name, value in case.path_parameters.items()}
        found.append((case.as_transport_kwargs(base_url=BASE), person))

    collect()
    return found


async def try_out(estate: Estate, label: str, number: int) -> None:
    for parts, person in generated(label, estate, number):
        body = parts.get("data", parts.get("json"))
        path, _, query = parts["url"].removeprefix(BASE).partition("?")
        named = [(name, one) for name, value in (parts.get("params") or {}).items() for one in as_list(value)]
        query = "&".join([*filter(None, [query]), *(f"{quote(name)}={quote(str(value))}" for name, value in named)])
        asking = await estate.newcomer() if label.endswith(ENDING) else person
        await estate.ask(parts["method"], path, body, token=asking.token, query=query.encode())


def as_list(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


@pytest.mark.parametrize("label", OPERATIONS)
async def test_no_described_request_breaks_anything(estate: Estate, label: str) -> None:
    await try_out(estate, label, EXAMPLES)


@pytest.mark.soak
@pytest.mark.parametrize("label", OPERATIONS)
async def test_no_described_request_breaks_anything_for_long(any_estate: Estate, label: str) -> None:
    await try_out(any_estate, label, SOAK_EXAMPLES)


async def test_the_server_still_works_after_all_that(estate: Estate) -> None:
    newcomer = await estate.newcomer()
    room = await newcomer.create_room(preset="public_chat")
    await newcomer.send(room, "still there")
    assert room in (await newcomer.sync())["rooms"]["join"]
