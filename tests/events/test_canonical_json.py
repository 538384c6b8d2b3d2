import json
import math
from typing import Any

import pytest
from canonicaljson import encode_canonical_json
from hypothesis import given
from hypothesis import strategies as st

from chappe.errors import Errcode, Refused
from chappe.events.canonical_json import MAX_DEPTH, MAX_INT, check, decode, encode

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
EVENT_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-MAX_INT, MAX_INT) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters()), inner, max_size=4),
    max_leaves=20,
)


@pytest.mark.parametrize(
    ("given_text", "canonical"),
    [
        ("{}", "{}"),
        ('{\n    "one": 1,\n    "two": "Two"\n}', '{"one":1,"two":"Two"}'),
        ('{\n    "b": "2",\n    "a": "1"\n}', '{"a":"1","b":"2"}'),
        ('{"b":"2","a":"1"}', '{"a":"1","b":"2"}'),
        (
            """{"auth": {"success": true, "mxid": "@john.doe:example.com", "profile": {"display_name": "John Doe",
            "three_pids": [{"medium": "email", "address": "john.doe@example.org"},
            {"medium": "msisdn", "address": "123456789"}]}}}""",
            '{"auth":{"mxid":"@john.doe:example.com","profile":{"display_name":"John Doe","three_pids":'
            '[{"address":"john.doe@example.org","medium":"email"},{"address":"123456789","medium":"msisdn"}]},'
            '"success":true}}',
        ),
        ('{"a": "日本語"}', '{"a":"日本語"}'),
        ('{"本": 2, "日": 1}', '{"日":1,"本":2}'),
        ('{"a": "\\u65E5"}', '{"a":"日"}'),
        ('{"a": null}', '{"a":null}'),
        ('{"a": -0, "b": 10000000000}', '{"a":0,"b":10000000000}'),
    ],
)
def test_the_examples_of_the_appendices(given_text: str, canonical: str) -> None:
    assert encode(decode(given_text.encode())) == canonical.encode()


def test_every_character_is_escaped_as_the_reference_does() -> None:
    points = [chr(point) for point in range(0x110000) if not 0xD800 <= point < 0xE000]
    for start in range(0, len(points), 4096):
        block = "".join(points[start : start + 4096])
        assert encode(block) == encode_canonical_json(block)


def test_keys_are_sorted_by_code_point_beyond_the_basic_plane() -> None:
    keys = ["\U0001f600", "\uffff", "\ue000", "\ud7ff", "\x7f", "z", "Z", "aa", "a", "", "a\0", "é"]
    assert list(json.loads(encode(dict.fromkeys(keys, 1)))) == sorted(keys)


@given(EVENT_JSON)
def test_encoding_equals_the_reference_and_can_be_read_again(value: Any) -> None:
    check(value)
    assert encode(value) == encode_canonical_json(value)
    assert decode(encode(value)) == value


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"{} {}",
        b"nul",
        b"NaN",
        b"[01]",
        b"[1,]",
        b"{'a':1}",
        b'"\x01"',
        b'"\xff"',
        b'"\xc0\x80"',
        b'"\xed\xa0\x80"',
        b"\xef\xbb\xbf{}",
        b'"\\ud800"',
        b'"\\ud800x"',
        b'"\\udc00"',
        b'"\\udc00x"',
        b'{"\\udc00":1}',
        b'"\\udc00\\ud800"',
        b'{"a":1,"a":2}',
        b'{"a" :1,"a":2}',
        b'{"a":1,"\\u0061":2}',
        b'{"x":{"a":1,"b":2,"a" : 3}}',
        b'[{"u":"http://x","u":"http://y"}]',
        b'{"a":1,"b":"\\":","a":2}',
        b"[" * 65536,
        b'{"a":' * 20000,
        b"[" * 65536 + b"]" * 65536,
        b"1" * 6000,
        b"1e999",
    ],
)
def test_what_is_no_json_is_refused_as_not_json(body: bytes) -> None:
    with pytest.raises(Refused) as refused:
        decode(body)
    assert refused.value.code is Errcode.NOT_JSON
    refused.value.reason.encode()


@pytest.mark.parametrize(
    "body",
    [
        b'{"url":"mxc://here/x","list":[{"id":"@a:b"},{"id":"@a:c"}]}',
        b'{"a" : 1, "b" : {"a" : 2}}',
        b'{"body":"she said \\"x\\":\\"y\\""}',
        b'{"a\\":":1,"b":2}',
        b' [1.5, -0.0, 1e3, 9007199254740993, "\\ud83d\\ude00"] ',
    ],
)
def test_good_json_is_read_as_the_standard_library_does(body: bytes) -> None:
    assert decode(body) == json.loads(body)


@given(st.text('{}[]":,\\ \tab01ud8c', max_size=40) | st.binary(max_size=40).map(lambda raw: raw.decode("latin-1")))
def test_decode_only_ever_refuses_and_never_disagrees_with_the_standard_library(text: str) -> None:
    body = text.encode("latin-1")
    try:
        value = decode(body)
    except Refused:
        return
    pairs_seen: list[int] = []

    def count(pairs: list[tuple[str, object]]) -> dict[str, object]:
        pairs_seen.append(len(pairs) - len(dict(pairs)))
        return dict(pairs)

    assert value == json.loads(body, object_pairs_hook=count)
    assert not any(pairs_seen)


@given(st.text('{}[]":, ab1', max_size=12), st.sampled_from(['"a":1', '"a" :1', '"b":"a:"', '"a"\n:[]', '"a":{}']))
def test_a_repeated_key_is_found_wherever_white_space_stands(filler: str, member: str) -> None:
    string = json.dumps(filler)
    with pytest.raises(Refused):
        decode(f'{{"f":{string},{member},"c":2,{member}}}'.encode())


def test_depth_has_a_limit_on_both_sides() -> None:
    deepest = b"[" * MAX_DEPTH + b"]" * MAX_DEPTH
    value = decode(deepest)
    check(value)
    for text in (b"[" + deepest + b"]", b'{"a":' + deepest + b"}"):
        with pytest.raises(Refused) as refused:
            decode(text)
        assert refused.value.code is Errcode.BAD_JSON
    with pytest.raises(Refused, match="deeper than 64"):
        check([value])


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ({"body": {"size": 1.5}}, "content.body.size is a decimal number; Matrix events have whole numbers only."),
        ({"a": [0, [1.0]]}, "content.a[1][0] is a decimal number; Matrix events have whole numbers only."),
        ({"a": MAX_INT + 1}, "content.a is a number beyond ±(2^53 - 1), which Matrix events may not hold."),
        ({"a": -MAX_INT - 1}, "content.a is a number beyond ±(2^53 - 1), which Matrix events may not hold."),
        ({"a": math.nan}, "content.a is a decimal number; Matrix events have whole numbers only."),
        ({"a": "\ud800"}, "content.a has half a surrogate pair, which UTF-8 cannot hold."),
        ({"\ud800": 1}, "content.\\ud800 has half a surrogate pair, which UTF-8 cannot hold."),
        ({"a": {1: 2}}, "content.a has a key that is not a string."),
        ({"a": b"x"}, "content.a is nothing that JSON can hold."),
    ],
)
def test_check_names_the_place_and_the_fault(content: Any, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        check(content)
    assert refused.value.code is Errcode.BAD_JSON
    assert refused.value.reason == reason


def test_check_lets_pass_what_events_hold() -> None:
    check({"a": [True, None, MAX_INT, -MAX_INT, "日", {"": {}}]})


def test_a_refusal_does_not_repeat_a_huge_key() -> None:
    with pytest.raises(Refused) as refused:
        check({"k" * 100_000: 1.5})
    assert len(refused.value.reason) < 400


@given(ANY_JSON)
def test_what_check_accepts_can_be_encoded_and_all_else_is_refused(value: Any) -> None:
    try:
        check(value)
    except Refused:
        return
    assert decode(encode(value)) == value


def test_what_cannot_be_encoded_is_refused() -> None:
    for value in ("\ud800", {1: 1}, object()):
        with pytest.raises(Refused):
            encode(value)
