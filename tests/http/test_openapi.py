"""The OpenAPI document, and random requests made from it."""

from typing import Any

import msgspec
import schemathesis
from hypothesis import HealthCheck, settings

from chappe.http import NOBODY, Application, JSONObject, RateLimits, Request, Routes
from chappe.http.asgi import ASGIFace
from chappe.http.openapi import document
from chappe.resources import Resources
from tests.http.conftest import Greeting, RecordingBus, SettableClock, Tokens, routes


def build() -> Application:
    resources = Resources()
    resources.add(Greeting())
    clock = SettableClock()
    return Application(routes, resources, Tokens(), RecordingBus(), clock=clock, rates=RateLimits({}, clock))


def test_the_document_tells_parameters_bodies_and_who_may_ask() -> None:
    described = msgspec.json.decode(msgspec.json.encode(document(routes, "1.2.3")))
    put = described["paths"]["/typing/{user_id}"]["put"]
    assert put["requestBody"]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/TypingBody"}
    assert put["security"] == [{"accessToken": []}]
    page = described["paths"]["/page"]["get"]
    assert [(p["name"], p["required"]) for p in page["parameters"]] == [
        ("since", True),
        ("limit", False),
        ("full_state", False),
        ("via", False),
        ("dir", False),
    ]
    state = described["paths"]["/rooms/{room_id}/state/{event_type}/{state_key}"]["get"]
    assert state["summary"] == "Path parameters as they arrive."
    assert described["paths"]["/old/directory/{alias}"]["get"]["deprecated"] is True
    assert described["info"]["version"] == "1.2.3"


def test_a_body_may_have_fields_of_any_json() -> None:
    class Loose(msgspec.Struct):
        anything: list[object] | None = None

    loose = Routes()

    @loose.put("/loose", auth=NOBODY)
    async def put_loose(request: Request, body: Loose) -> JSONObject:
        """Take anything."""
        return {}

    anything = document(loose, "1")["components"]["schemas"]["Loose"]["properties"]["anything"]
    assert {"type": "array", "items": {"description": "Any JSON."}} in anything["anyOf"]


def described_requests() -> schemathesis.schemas.BaseSchema:
    wanted = document(routes, "1")
    wanted["paths"] = {path: item for path, item in wanted["paths"].items() if not path.startswith("/broken")}
    schema = schemathesis.openapi.from_dict(wanted)
    schema.app = ASGIFace(build())
    return schema


schema = described_requests()


@schema.parametrize()
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_generated_request_breaks_anything(case: schemathesis.Case[Any]) -> None:
    answer = case.call(headers={"Authorization": "Bearer alice-token"})
    assert answer.status_code < 500, answer.text
    assert answer.headers["access-control-allow-origin"] == ["*"]
