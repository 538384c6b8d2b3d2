"""Expressions: what they may say, and that none of them takes long."""

import pytest

from chappe.rules.expression import Expression, Seen, WrongExpression
from chappe.rules.facts import FACTS, MAX_ITEMS, MAX_TEXT_CHARS, NOTHING, folded, said


def holds(source: str, **facts: object) -> bool:
    return Expression(source).holds(Seen({**NOTHING, **facts}))  # type: ignore[dict-item]


def test_an_expression_asks_for_facts() -> None:
    assert holds("sender_age_s < 86400 && links > 1", sender_age_s=60, links=2)
    assert not holds("sender_age_s < 86400 && links > 1", sender_age_s=90_000, links=2)
    assert holds('domains.exists(d, d.endsWith("spam.example"))', domains=["a.spam.example"])
    assert holds('body.matches("(?i)free.*coins")', body="FREE golden coins")
    assert holds('"spammers" in listed', listed=["spammers"])
    for fact in FACTS:
        assert fact.name in NOTHING
        Expression(f"{fact.name} == {fact.name}")


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("", "characters"),
        ("x" * 2_001, "characters"),
        ("links", "yes or no"),
        ("nope > 1", "undeclared reference to 'nope'"),
        ("links > 'a'", "no matching overload"),
        ("links >", "Syntax error"),
        ("(" * 400 + "true" + ")" * 400, "recursion"),
        ("body + body == body", "puts no texts"),
        ("dyn(body) + dyn(body) == body", "puts no texts"),
        ("domains.map(d, d).size() > 1", "puts no texts"),
        ("(domains + domains).size() > 1", "puts no texts"),
        ("domains.filter(d, d == '').size() > 1", "puts no texts"),
        ("domains.all(a, domains.all(b, domains.all(c, a == b)))", "at most 2"),
        (" || ".join(["body.matches('a')"] * 6), "at most 5 patterns"),
        ("true \0", "characters"),
    ],
)
def test_what_is_no_expression_is_refused_when_it_is_written(source: str, told: str) -> None:
    with pytest.raises(WrongExpression) as wrong:
        Expression(source)
    assert told in str(wrong.value)


def test_what_cannot_be_said_is_told_and_not_taken_for_no() -> None:
    with pytest.raises(RuntimeError):
        holds("links / repeats > 1", links=1)
    with pytest.raises(RuntimeError):
        holds('body.matches("(")')
    with pytest.raises(RuntimeError):
        holds('body.matches("((a{1,100}){1,100}){1,100}")')


def test_patterns_take_linear_time() -> None:
    """With one that tries all ways, each of these would take longer than the world stands."""
    assert not holds('body.matches("^(a+)+$")', body="a" * 4_000 + "!")
    assert not holds('body.matches("(x+x+)+y")', body="x" * 4_000)
    assert not holds('body.matches("(.*)*(.*)*(.*)*=")', body="a" * 4_000)


def test_facts_about_what_is_said() -> None:
    facts = said(
        {
            "msgtype": "m.text", "body": "Look: https://user@WWW.Spam.Example:8080/x?y www.other.example. HTTP://spam.example",
            "m.mentions": {"user_ids": ["@a:b"], "room": True}, "url": "mxc://x/y",
        }
    )  # fmt: skip
    assert facts["domains"] == ["spam.example", "other.example"]
    assert facts["links"] == 3
    assert facts["mentions"] == 1_001
    assert facts["has_media"] is True
    edit = said(
        {"body": "* new", "m.new_content": {"body": "new https://a.example"}, "m.relates_to": {"rel_type": "m.replace"}}
    )
    assert (edit["body"], edit["is_edit"], edit["domains"]) == ("new https://a.example", True, ["a.example"])
    many = said({"body": " ".join(f"https://h{number}.example" for number in range(50)) + "x" * 10_000})
    assert len(many["domains"]) == MAX_ITEMS  # type: ignore[arg-type]
    assert many["links"] == 50
    assert len(str(many["body"])) == MAX_TEXT_CHARS
    assert said({"formatted_body": '<a href="https://hidden.example/">x</a>', "body": "x"})["domains"] == [
        "hidden.example"
    ]
    odds: tuple[dict[str, object], ...] = (
        {},
        {"body": 1},
        {"m.mentions": []},
        {"m.mentions": {"user_ids": 3}},
        {"m.new_content": 1},
    )
    for odd in odds:
        assert {fact.name for fact in FACTS} >= set(said(odd))
    assert folded("Buy NOW 123!!") == folded("buy   now, 456")
