"""Counting in bounded memory."""

from hypothesis import given, settings
from hypothesis import strategies as st

from chappe.rules.policy_lists import Glob, PolicyList, rule_of
from chappe.rules.windows import Window


def test_what_is_older_than_the_window_is_not_counted() -> None:
    window = Window(60)
    for at, other in ((0, "a"), (30_000, "b"), (59_999, "a")):
        window.add("k", at, other)
    assert window.count("k", 59_999) == 3
    assert window.others("k", 59_999) == {"a", "b"}
    assert window.count("k", 60_000) == 2
    assert window.count("k", 119_999) == 0
    assert window.count("other", 0) == 0


def test_memory_is_bounded() -> None:
    window = Window(60, max_keys=10, max_moments=5)
    for number in range(1_000):
        window.add(str(number % 50), 1, str(number))
    assert len(window) == 10
    for number in range(1_000):
        window.add("k", 1, str(number))
    assert window.count("k", 1) == 5


@settings(deadline=None)
@given(st.text("ab*?", max_size=8), st.text("ab", max_size=10))
def test_patterns_match_as_file_names_do(pattern: str, text: str) -> None:
    from fnmatch import fnmatchcase

    assert Glob(pattern).matches(text) == fnmatchcase(text, pattern)


def test_a_pattern_made_to_be_slow_is_not() -> None:
    assert not Glob("*a" * 250 + "*b").matches("a" * 512)


def test_policy_rules() -> None:
    ban: dict[str, object] = {"entity": "@*:evil.example", "recommendation": "m.ban", "reason": "spam"}
    assert rule_of("m.policy.rule.user", ban) == ("user", "@*:evil.example")
    assert rule_of("org.matrix.mjolnir.rule.server", {**ban, "recommendation": "org.matrix.mjolnir.ban"}) is not None
    wrong: tuple[tuple[str, dict[str, object]], ...] = (
        ("m.policy.rule.user", {}),
        ("m.policy.rule.user", {**ban, "recommendation": "m.takedown"}),
        ("m.policy.rule.user", {**ban, "entity": 3}),
        ("m.policy.rule.user", {**ban, "entity": "x" * 513}),
        ("m.policy.rule.other", ban),
        ("m.room.member", ban),
    )
    for type, content in wrong:
        assert rule_of(type, content) is None
    found = PolicyList([("user", "@a:x.org"), ("server", "*.evil.example"), ("room", "!r:x.org")])
    assert found.has("user", "@a:x.org")
    assert found.has("server", "sub.evil.example")
    assert not found.has("server", "evil.example")
    assert not found.has("user", "!r:x.org")
    assert found.size == 3
