"""Nothing that names somebody is sent. Art. 24(5) DSA, R83."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chappe.transparency.personal import Found, fold, found_in
from chappe.transparency.rules import FREE_TEXTS
from tests.transparency.statements import INVALID, VALID

NAMES = ["@carl.smith:example.org", "Zoé Dupont-Lévy", "anna@mail.example", "Al", "The Fox"]

PERSONAL = [
    ("user_id", "@carl:example.org"),
    ("user_id", "@carl:example.org:8448"),
    ("room_id", "!abc:example.org"),
    ("room_id", "!rZ4xvhiE6xqI5DdYJ2hAEKa7f4c2C4yyM0T6H6aB3yE"),
    ("room_id", "#choir:example.org"),
    ("event_id", "$acR1l0raoZnm60CBwAVgqbZqoO/mYU81xysh1u7XcJk"),
    ("email", "carl.o'hara+x@mail.example.org"),
    ("email", "carl (at) example.org"),
    ("url", "https://example.org/x?y"),
    ("url", "mxc://example.org/abc"),
    ("url", "www.example"),
    ("url", "example.org"),
    ("url", "t.me/somebody"),
    ("ip", "192.0.2.17"),
    ("ip", "2001:db8::17"),
    ("ip", "2001:db8:1:2:3:4:5:6"),
    ("iban", "DE89 3704 0044 0532 0130 00"),
    ("iban", "FR1420041010050500013M02606"),
    ("phone", "+33 6 12 34 56 78"),
    ("phone", "0612345678"),
    ("phone", "(030) 123456-78"),
    ("phone", "4915112345678"),
    ("device", "00:1B:44:11:3A:B7"),
    ("handle", "@somebody"),
    ("name", "Zoe Dupont-Levy"),
    ("name", "ZOÉ DUPONT-LÉVY"),
    ("name", "carl.smith"),
    ("name", "Anna"),
    ("name", "the fox"),
]


@pytest.mark.parametrize(("kind", "text"), PERSONAL)
def test_what_names_somebody_is_found_where_it_stands(kind: str, text: str) -> None:
    facts = f"We saw {text} there, on 2026-05-03."
    (found,) = found_in({"decision_facts": facts}, NAMES)
    assert found.kind == kind
    assert found.field == "decision_facts"
    assert facts[found.start : found.start + len(found.text)] == found.text
    assert found.text.strip(".,") == text


@pytest.mark.parametrize("field", [*FREE_TEXTS, "puid"])
def test_every_free_text_and_the_puid_are_looked_at(field: str) -> None:
    assert [found.field for found in found_in({field: "anna"}, NAMES)] == [field]


HARMLESS = [
    "Regulation (EU) 2021/784, Art. 2(7)(a); Code pénal, art. 421-2-5; StGB § 130 Abs. 1 Nr. 1",
    "Directive 2011/93/EU Arts 3-7, in force since 2011-12-17 until 2027-01-01.",
    "Seen 1 204 times in 40 rooms between 10:15 and 10:45; version 2.1.3 of the list.",
    "Loi n° 2004-575 du 21 juin 2004, art. 6-I-7; décret 2025-146.",
    "Terms, spam: No spam: nothing unwanted in bulk, no raids, no fake accounts.",
    "All the foxes were also annalists; ECLI:EU:C:2019:821.",
]


@pytest.mark.parametrize("text", HARMLESS)
def test_laws_dates_and_numbers_name_nobody(text: str) -> None:
    assert found_in({"decision_facts": text}, NAMES) == []


def test_no_example_names_anybody() -> None:
    records = [*VALID.values(), *(record for record, _ in INVALID.values())]
    assert [found for record in records for found in found_in(record, NAMES)] == []


@pytest.mark.parametrize("text", ["an\u200bna", "ａｎｎａ", "a\u00adnna", "@\u2060carl:example.org", "１９２.0.2.17"])
def test_nothing_hides_behind_other_characters(text: str) -> None:
    (found,) = found_in({"decision_facts": f"Seen: {text}!"}, NAMES)
    assert found.text == text


@given(st.text(max_size=60), st.sampled_from([text for _, text in PERSONAL]), st.text(max_size=60))
def test_places_are_those_of_the_text_as_it_was_written(before: str, text: str, after: str) -> None:
    facts = f"{before} {text} {after}"
    for found in found_in({"decision_facts": facts}, NAMES):
        assert facts[found.start : found.start + len(found.text)] == found.text


def test_a_text_made_to_keep_the_check_busy_is_looked_at_all_the_same() -> None:
    for evil in ("a." * 2_500, "1 " * 2_500, "@" * 5_000, "a@" * 2_500, "0:" * 2_500, "DE12" * 1_250, "(" * 5_000):
        assert isinstance(found_in({"decision_facts": evil}, NAMES), list)
    assert len(fold("ﷺ" * 10).text) == len(fold("ﷺ" * 10).origin)


def test_a_finding_says_what_and_where() -> None:
    assert found_in({"source_identity": "by anna"}, NAMES) == [Found("source_identity", "name", "anna", 3)]
