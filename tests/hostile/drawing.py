"""What is thrown at the server: any JSON, and right bodies spoilt in a few places. Pure Hypothesis strategies."""

import copy
from typing import Any

from hypothesis import strategies as st

from tests.hostile.requests import CONTENTS, UNKNOWN_EVENT, UNKNOWN_ROOM

Json = Any

DEEP: Json = "bottom"
for _ in range(55):
    DEEP = {"a": DEEP}

STRANGE = st.sampled_from(
    [
        None, True, False, 0, -1, 1, 50, 100, 2**53 - 1, -(2**53) + 1, 2**53, -(2**53), 2**63, 10**30, 1.0, 0.5, -0.0,
        1e300, "", " ", "\0", "a\0b", "\ud800", "\u2028", "\u202e", "x" * 300, "x" * 70_000, [], {}, [[]], {"": {}},
        DEEP, [None], [1, "a"], "50", " 7 ", "join", "invite", "leave", "ban", "knock", "public", "private",
        "restricted", "knock_restricted", "shared", "joined", "invited", "world_readable", "can_join", "forbidden",
        "1", "6", "11", "12", "13", "m.thread", "m.replace", "m.reference", "m.annotation", "main", "m.notice",
        "@ann:localhost", "@ben:localhost", "@eve:localhost", "@mallory:elsewhere.example", "@", "@:", "@a\0:localhost",
        UNKNOWN_EVENT, UNKNOWN_ROOM, "!" + "A" * 43, "#open:localhost", "#nowhere:localhost", "{room}", "{event}",
        "mxc://localhost/a", "https://example.org", "m.room.member", "m.room.create", "m.megolm.v1.aes-sha2",
    ]
)  # fmt: skip
ANY_JSON = st.recursive(
    STRANGE | st.integers() | st.text(max_size=20) | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=10,
)
KEYS = st.sampled_from(
    ["", "\0", "m.new_content", "allow", "via", "url", *sorted({key for one in CONTENTS.values() for key in one})]
)


@st.composite
def spoilt(draw: st.DrawFn, right: Json) -> Json:
    """The value with one to three places changed, taken out, or added to."""
    value = copy.deepcopy(right)
    for _ in range(draw(st.integers(1, 3))):
        holders = [value, *_inside(value)]
        holder = draw(st.sampled_from(holders))
        keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
        act = draw(st.sampled_from(["replace", "replace", "replace", "remove", "add"]))
        if act == "add" or not keys:
            if isinstance(holder, dict):
                holder[draw(KEYS)] = copy.deepcopy(draw(ANY_JSON))
            else:
                holder.append(copy.deepcopy(draw(ANY_JSON)))
            continue
        key = draw(st.sampled_from(keys))
        if act == "replace":
            holder[key] = copy.deepcopy(draw(STRANGE | ANY_JSON))  # it is drawn again, and must not be spoilt then
        else:
            del holder[key]
    return value


def _inside(value: Json) -> list[Json]:
    found: list[Json] = []
    inside = value.values() if isinstance(value, dict) else value
    for inner in inside:
        if isinstance(inner, dict | list):
            found += [inner, *_inside(inner)]
    return found[:200]


def bodies(right: Json) -> st.SearchStrategy[Json]:
    """Mostly a right body spoilt; now and then a right one, or any object."""
    anything = st.dictionaries(KEYS | st.text(max_size=10), ANY_JSON, max_size=5)
    return st.one_of(spoilt(right), spoilt(right), spoilt(right), st.just(right), anything)


def filled(value: Json, names: dict[str, str]) -> Json:
    """The value with `{room}` and the like replaced by what exists."""
    if isinstance(value, str):
        for name, known in names.items():
            value = value.replace("{" + name + "}", known)
        return value
    if isinstance(value, list):
        return [filled(one, names) for one in value]
    if isinstance(value, dict):
        return {filled(key, names): filled(one, names) for key, one in value.items()}
    return value
