import hashlib
from typing import Any

import pytest
import signedjson.key
import signedjson.sign
from hypothesis import given
from hypothesis import strategies as st
from unpaddedbase64 import decode_base64 as reference_decode

from chappe.errors import Refused
from chappe.events.canonical_json import encode
from chappe.events.redaction import redact
from chappe.events.signing import SigningKey, decode_base64, encode_base64, sign_json, verify, verify_json
from chappe.events.versions import ROOM_VERSIONS

SEED = reference_decode("YJDBA9Xnr2sVqXD9Vj7XVUnmFZcZrlw8Md7kMW+3XA1")
KEY = SigningKey.from_seed(SEED, "ed25519:1")

MINIMAL = {
    "room_id": "!x:domain",
    "sender": "@a:domain",
    "origin": "domain",
    "origin_server_ts": 1000000,
    "signatures": {},
    "hashes": {},
    "type": "X",
    "content": {},
    "prev_events": [],
    "auth_events": [],
    "depth": 3,
    "unsigned": {"age_ts": 1000000},
}
WITH_CONTENT = {
    "content": {"body": "Here is the message content"},
    "event_id": "$0:domain",
    "origin": "domain",
    "origin_server_ts": 1000000,
    "type": "m.room.message",
    "room_id": "!r:domain",
    "sender": "@u:domain",
    "signatures": {},
    "unsigned": {"age_ts": 1000000},
}


@pytest.mark.parametrize(
    ("value", "signature"),
    [
        ({}, "K8280/U9SSy9IVtjBuVeLr+HpOB4BQFWbg+UZaADMtTdGYI7Geitb76LTrr5QV/7Xg4ahLwYGYZzuHGZKM5ZAQ"),
        (
            {"one": 1, "two": "Two"},
            "KqmLSbO39/Bzb0QIYE82zqLwsA+PDzYIpIRA2sRQ4sL53+sN6/fpNSoqE7BP7vBZhG6kYdD13EIMJpvhJI+6Bw",
        ),
    ],
)
def test_the_signed_objects_of_the_appendices(value: dict[str, object], signature: str) -> None:
    signed = sign_json(value, "domain", KEY)
    assert signed == {**value, "signatures": {"domain": {"ed25519:1": signature}}}
    assert verify_json(signed, "domain", "ed25519:1", reference_decode(KEY.public_base64))


@pytest.mark.parametrize(
    ("event", "content_hash", "signature"),
    [
        (
            MINIMAL,
            "5jM4wQpv6lnBo7CLIghJuHdW+s2CMBJPUOGOC89ncos",
            "KxwGjPSDEtvnFgU00fwFz+l6d2pJM6XBIaMEn81SXPTRl16AqLAYqfIReFGZlHi5KLjAWbOoMszkwsQma+lYAg",
        ),
        (
            WITH_CONTENT,
            "onLKD1bGljeBWQhWZ1kaP9SorVmRQNdN5aM2JYU2n/g",
            "Wm+VzmOUOz08Ds+0NTWb1d4CZrVsJSikkeRxh6aCcUwu6pNC78FunoD7KNWzqFn241eYHYMGCA5McEiVPdhzBA",
        ),
    ],
)
def test_the_signed_events_of_the_appendices(event: dict[str, object], content_hash: str, signature: str) -> None:
    hashed = {name: value for name, value in event.items() if name not in ("hashes", "signatures", "unsigned")}
    digest = encode_base64(hashlib.sha256(encode(hashed)).digest())
    assert digest == content_hash
    stripped = redact(ROOM_VERSIONS["6"], {**event, "hashes": {"sha256": digest}})
    assert sign_json(stripped, "domain", KEY)["signatures"] == {"domain": {"ed25519:1": signature}}


def test_each_implementation_accepts_the_others_signature() -> None:
    value: dict[str, Any] = {"a": [1, "ü"], "unsigned": {"age": 1.5}, "signatures": {"other": {"ed25519:x": "abc"}}}
    theirs = signedjson.key.decode_signing_key_base64("ed25519", "1", encode_base64(SEED))
    ours = sign_json(value, "here", KEY)
    assert ours["unsigned"] == {"age": 1.5}
    assert value["signatures"] == {"other": {"ed25519:x": "abc"}}
    signedjson.sign.verify_signed_json(ours, "here", signedjson.key.get_verify_key(theirs))
    signed = signedjson.sign.sign_json({"a": [1, "ü"]}, "here", theirs)
    assert verify_json(signed, "here", "ed25519:1", reference_decode(KEY.public_base64))


def test_a_changed_object_a_wrong_key_and_broken_signatures_do_not_verify() -> None:
    public = reference_decode(KEY.public_base64)
    signed: dict[str, Any] = sign_json({"a": 1}, "here", KEY)
    assert not verify_json({**signed, "a": 2}, "here", "ed25519:1", public)
    assert not verify_json(signed, "there", "ed25519:1", public)
    assert not verify_json(signed, "here", "ed25519:2", public)
    assert not verify_json(signed, "here", "ed25519:1", b"\0" * 32)
    assert not verify_json(signed, "here", "ed25519:1", b"short")
    broken: object
    for broken in (None, 5, [], "x", {"here": "x"}, {"here": {"ed25519:1": "??"}}, {"here": {"ed25519:1": "AAAA"}}):
        assert not verify_json({"a": 1, "signatures": broken}, "here", "ed25519:1", public)
    assert not verify_json({**signed, "a": 1.5}, "here", "ed25519:1", public)


def test_a_signature_cut_short_does_not_verify_with_its_rest_before_the_message() -> None:
    public = reference_decode(KEY.public_base64)
    signature = reference_decode(KEY.sign(b"message"))
    assert verify(b"message", signature, public)
    for length in (0, 10, 63):
        assert not verify(signature[length:] + b"message", signature[:length], public)
    assert not verify(b"essage", signature + b"m", public)


def test_what_has_no_canonical_form_is_not_signed() -> None:
    values: list[dict[str, object]] = [{"a": 1.5}, {"signatures": []}, {"signatures": {"here": 1}}]
    for value in values:
        with pytest.raises(Refused):
            sign_json(value, "here", KEY)


def test_a_generated_key_comes_back_from_its_seed_and_does_not_print_it() -> None:
    key = SigningKey.generate()
    again = SigningKey.from_seed(key.seed, key.key_id)
    assert again.public_base64 == key.public_base64
    assert again.sign(b"x") == key.sign(b"x")
    assert repr(key) == f"SigningKey({key.key_id})"


@pytest.mark.parametrize(("seed", "key_id"), [(b"short", "ed25519:1"), (b"\0" * 32, "1"), (b"\0" * 32, "ed25519:a b")])
def test_a_malformed_key_is_refused(seed: bytes, key_id: str) -> None:
    with pytest.raises(Refused):
        SigningKey.from_seed(seed, key_id)


@given(st.binary(max_size=80))
def test_base64_is_unpadded_and_read_back_in_all_its_spellings(data: bytes) -> None:
    text = encode_base64(data)
    assert not text.endswith("=")
    assert reference_decode(text) == data
    padded = text + "=" * (-len(text) % 4)
    for spelling in (text, padded, text.replace("+", "-").replace("/", "_")):
        assert decode_base64(spelling) == data


@given(st.text() | st.text("ABab01+/-_=") | st.none() | st.integers())
def test_anything_may_be_asked_to_be_base64(text: object) -> None:
    found = decode_base64(text)
    assert found is None or isinstance(found, bytes)
