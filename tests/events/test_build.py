import base64
import hashlib
import json
from typing import Any

import pytest
import signedjson.key
import signedjson.sign
from canonicaljson import encode_canonical_json
from hypothesis import given, settings
from hypothesis import strategies as st

from chappe.errors import Errcode, Refused
from chappe.events.build import build
from chappe.events.canonical_json import MAX_INT
from chappe.events.event import MAX_EVENT_BYTES, Event, pdu_of
from chappe.events.redaction import redact, redact_client_json, redact_pdu_rest
from chappe.events.signing import SigningKey
from chappe.events.versions import ROOM_VERSIONS, RoomVersion
from chappe.ids import EventID, RoomID, ServerName, UserID
from tests.events.test_canonical_json import ANY_JSON, EVENT_JSON

KEY = SigningKey.from_seed(b"s" * 32, "ed25519:k1")
ROOM = RoomID("!room:here")
PREVIOUS = (EventID("$" + "p" * 43),)
AUTH = (EventID("$" + "a" * 43), EventID("$" + "b" * 43))
TARGET = "$" + "t" * 43

VERSIONS = st.sampled_from(list(ROOM_VERSIONS.values()))
EACH_VERSION = pytest.mark.parametrize("version", ROOM_VERSIONS.values(), ids=ROOM_VERSIONS)

KINDS: dict[str, dict[str, Any]] = {
    "message": {"type": "m.room.message", "content": {"msgtype": "m.text", "body": 'Grüße \u2028 "\\ \x01 😀'}},
    "empty": {"type": "x", "content": {}},
    "member": {
        "type": "m.room.member",
        "state_key": "@a:here",
        "content": {"membership": "invite", "displayname": "A", "third_party_invite": {"signed": {"a": 1}, "x": 2}},
    },
    "levels": {"type": "m.room.power_levels", "state_key": "", "content": {"invite": 50, "users": {"@a:here": 100}}},
    "odd state": {"type": 'odd"type', "state_key": "schlüssel\n", "content": {"z": [None, True], "content": {}}},
    "create": {"type": "m.room.create", "state_key": "", "content": {"creator": "@a:here", "room_version": "x"}},
    "redaction": {"type": "m.room.redaction", "redacts": TARGET, "content": {"reason": "spam"}},
    "redaction in content": {"type": "m.room.redaction", "content": {"redacts": TARGET}},
    "redaction of nothing": {"type": "m.room.redaction", "content": {"redacts": 5}},
}
EACH_KIND = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


def make(version: RoomVersion, **fields: Any) -> Event:
    is_create = fields.get("type") == "m.room.create"
    given_fields: dict[str, Any] = {
        "room_id": None if is_create and version.room_id_is_hash else ROOM,
        "sender": UserID("@a:here"),
        "type": "m.room.message",
        "content": {"body": "x"},
        "origin_server_ts": 1_700_000_000_000,
        "depth": 7,
        "prev_events": () if is_create else PREVIOUS,
        "auth_events": () if is_create else AUTH,
        "server_name": ServerName("here"),
        "key": KEY,
    }
    return build(version, **{**given_fields, **fields})


def expected_pdu(version: RoomVersion, event: Event, kind: dict[str, Any]) -> dict[str, Any]:
    """The PDU, put together from the specification's words alone, without hashes and signatures."""
    content = dict(kind["content"])
    pdu = {
        "type": kind["type"],
        "sender": "@a:here",
        "content": content,
        "depth": 7,
        "origin_server_ts": 1_700_000_000_000,
        "prev_events": list(event.prev_events),
        "auth_events": list(event.auth_events),
    }
    if "state_key" in kind:
        pdu["state_key"] = kind["state_key"]
    if not (version.id == "12" and kind["type"] == "m.room.create"):
        pdu["room_id"] = ROOM
    target = kind.get("redacts") or content.get("redacts")
    if kind["type"] == "m.room.redaction" and isinstance(target, str):
        content.pop("redacts", None)
        if version.id in ("11", "12"):
            content["redacts"] = target
        else:
            pdu["redacts"] = target
    return pdu


@EACH_VERSION
@EACH_KIND
def test_the_pdu_is_rebuilt_with_the_hashes_and_signature_that_references_compute(
    version: RoomVersion, kind: dict[str, Any]
) -> None:
    event = make(version, **kind)
    pdu_bytes = pdu_of(version, event.room_id, event.client_json, event.pdu_rest)
    pdu = json.loads(pdu_bytes)
    assert pdu_bytes == encode_canonical_json(pdu)
    hashes, signatures = pdu.pop("hashes"), pdu.pop("signatures")
    assert pdu == expected_pdu(version, event, kind)

    content_hash = hashlib.sha256(encode_canonical_json(pdu)).digest()
    assert base64.b64decode(hashes["sha256"] + "=") == content_hash
    stripped = redact(version, {**pdu, "hashes": hashes})
    assert "redacts" not in stripped
    reference_hash = hashlib.sha256(encode_canonical_json(stripped)).digest()
    assert event.event_id == "$" + base64.urlsafe_b64encode(reference_hash).decode().rstrip("=")
    verify_key = signedjson.key.decode_verify_key_bytes("ed25519:k1", base64.b64decode(KEY.public_base64 + "="))
    signedjson.sign.verify_signed_json({**stripped, "signatures": signatures}, "here", verify_key)
    assert list(signatures) == ["here"]


@EACH_VERSION
@EACH_KIND
def test_clients_are_shown_the_event_without_the_room_and_federation(
    version: RoomVersion, kind: dict[str, Any]
) -> None:
    event = make(version, **kind)
    shown = json.loads(event.client_json)
    assert event.client_json == encode_canonical_json(shown)
    expected = {
        "type": kind["type"],
        "sender": "@a:here",
        "event_id": event.event_id,
        "origin_server_ts": 1_700_000_000_000,
        "content": kind["content"],
    }
    if "state_key" in kind:
        expected["state_key"] = kind["state_key"]
    target = kind.get("redacts") or kind["content"].get("redacts")
    if isinstance(target, str):
        expected |= {"redacts": target, "content": {**kind["content"], "redacts": target}}
        assert event.redacts == target
    assert shown == expected


@EACH_VERSION
@EACH_KIND
def test_a_redacted_event_keeps_its_id_and_signature(version: RoomVersion, kind: dict[str, Any]) -> None:
    event = make(version, **kind)
    whole = json.loads(pdu_of(version, event.room_id, event.client_json, event.pdu_rest))
    client_json = redact_client_json(version, event.client_json)
    pdu_rest = redact_pdu_rest(version, event.pdu_rest)
    left = pdu_of(version, event.room_id, client_json, pdu_rest)
    assert left == encode_canonical_json(redact(version, whole))
    assert redact_client_json(version, client_json) == client_json
    assert redact_pdu_rest(version, pdu_rest) == pdu_rest
    assert json.loads(client_json)["event_id"] == event.event_id


def test_a_redacted_redaction_still_tells_older_clients_its_target_where_the_version_keeps_it() -> None:
    for version in ROOM_VERSIONS.values():
        event = make(version, **KINDS["redaction"])
        shown = json.loads(redact_client_json(version, event.client_json))
        if version.id in ("11", "12"):
            assert shown["redacts"] == TARGET
            assert shown["content"] == {"redacts": TARGET}
        else:
            assert "redacts" not in shown
            assert shown["content"] == {}


def test_a_room_of_version_12_takes_its_id_from_its_create_event() -> None:
    event = make(ROOM_VERSIONS["12"], type="m.room.create", state_key="", content={"room_version": "12"})
    assert event.room_id == "!" + event.event_id[1:]
    other = make(ROOM_VERSIONS["12"], type="m.room.create", state_key="", content={"room_version": "12", "x": 1})
    assert other.room_id != event.room_id


@EACH_VERSION
def test_only_the_create_event_of_version_12_comes_without_a_room(version: RoomVersion) -> None:
    with pytest.raises(Refused) as refused:
        make(version, room_id=None)
    assert refused.value.code is Errcode.FORBIDDEN
    create = {"type": "m.room.create", "state_key": "", "content": {}}
    wrong = ROOM if version.room_id_is_hash else None
    with pytest.raises(Refused):
        make(version, **create, room_id=wrong)


@EACH_VERSION
@pytest.mark.parametrize("filling", ["x", "é", "😀", '"', "\x01"])
def test_an_event_of_65536_bytes_passes_and_one_byte_more_does_not(version: RoomVersion, filling: str) -> None:
    def size_of(event: Event) -> int:
        return len(pdu_of(version, event.room_id, event.client_json, event.pdu_rest))

    bare = size_of(make(version, content={"body": "", "pad": ""}))
    width = len(encode_canonical_json(filling)) - 2
    count, pad = divmod(MAX_EVENT_BYTES - bare, width)
    body = filling * count
    assert size_of(make(version, content={"body": body, "pad": "p" * pad})) == MAX_EVENT_BYTES
    with pytest.raises(Refused) as refused:
        make(version, content={"body": body, "pad": "p" * (pad + 1)})
    assert refused.value.code is Errcode.TOO_LARGE
    assert refused.value.status == 413


@pytest.mark.parametrize("field", ["sender", "room_id", "type", "state_key"])
@pytest.mark.parametrize("character", ["x", "é"])
def test_keys_have_255_bytes_at_most(field: str, character: str) -> None:
    width = len(character.encode())
    longest = character * (255 // width) + "x" * (255 % width)
    make(ROOM_VERSIONS["10"], **{"state_key": "", field: longest})
    with pytest.raises(Refused, match=f"{field} is longer than 255 bytes") as refused:
        make(ROOM_VERSIONS["10"], **{"state_key": "", field: longest + "x"})
    assert refused.value.status == 413


@pytest.mark.parametrize("field", ["sender", "room_id", "type", "state_key"])
def test_keys_that_are_no_utf8_are_refused(field: str) -> None:
    with pytest.raises(Refused) as refused:
        make(ROOM_VERSIONS["10"], **{field: "\udcff"})
    assert refused.value.code is Errcode.BAD_JSON


@pytest.mark.parametrize("content", [{"a": 1.5}, {"a": MAX_INT + 1}, {"a": "\ud800"}, {"a": {1: 2}}])
def test_content_that_no_event_holds_is_refused(content: dict[str, object]) -> None:
    with pytest.raises(Refused) as refused:
        make(ROOM_VERSIONS["10"], content=content)
    assert refused.value.code is Errcode.BAD_JSON


def test_depth_stays_at_its_limit() -> None:
    event = make(ROOM_VERSIONS["10"], depth=MAX_INT + 1)
    assert event.depth == MAX_INT
    assert json.loads(event.pdu_rest)["depth"] == MAX_INT


TYPES = st.sampled_from([kind["type"] for kind in KINDS.values()]) | st.text(max_size=20)


@settings(max_examples=300)
@given(VERSIONS, TYPES, st.dictionaries(st.text(), ANY_JSON, max_size=4), st.none() | st.text(max_size=20))
def test_build_only_ever_refuses(
    version: RoomVersion, event_type: str, content: dict[str, Any], state_key: str | None
) -> None:
    try:
        event = make(version, type=event_type, content=content, state_key=state_key)
    except Refused as refused:
        refused.reason.encode()
        return
    pdu_of(version, event.room_id, event.client_json, event.pdu_rest)


REAL_KEYS = st.sampled_from(
    ["membership", "creator", "join_rule", "allow", "users", "invite", "redacts", "third_party_invite", "signed"]
)


@settings(max_examples=300)
@given(VERSIONS, TYPES, st.dictionaries(REAL_KEYS | st.text(max_size=3), EVENT_JSON, max_size=5))
def test_any_content_survives_the_way_to_the_pdu_and_through_redaction(
    version: RoomVersion, event_type: str, content: dict[str, Any]
) -> None:
    try:
        event = make(version, type=event_type, content=content)
    except Refused:
        return
    whole = json.loads(pdu_of(version, event.room_id, event.client_json, event.pdu_rest))
    assert whole["content"] == event.content
    stripped = redact(version, whole)
    stripped.pop("signatures")
    digest = hashlib.sha256(encode_canonical_json(stripped)).digest()
    assert event.event_id == "$" + base64.urlsafe_b64encode(digest).decode().rstrip("=")
    left = pdu_of(
        version,
        event.room_id,
        redact_client_json(version, event.client_json),
        redact_pdu_rest(version, event.pdu_rest),
    )
    assert json.loads(left) == redact(version, whole)
