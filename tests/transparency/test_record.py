"""Which decisions are told, and what their records say. R76, R80, R81, R84."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chappe.moderation.terms import terms
from chappe.transparency.codes import codes
from chappe.transparency.decided import Decided, Measured
from chappe.transparency.due import is_due
from chappe.transparency.personal import found_in
from chappe.transparency.record import puid_of, record_of
from chappe.transparency.rules import faults_of
from tests.transparency.decisions import decided, ms

KNOWN = [(kind, name) for kind, names in codes().measures.items() for name in names]


def test_a_removed_message() -> None:
    assert record_of(decided()) == {
        "decision_visibility": ["DECISION_VISIBILITY_CONTENT_REMOVED"],
        "decision_ground": "DECISION_GROUND_ILLEGAL_CONTENT",
        "illegal_content_legal_ground": "Code pénal, art. 421-2-5",
        "illegal_content_explanation": "It celebrates an attack and asks for another.",
        "content_type": ["CONTENT_TYPE_TEXT"],
        "category": "STATEMENT_CATEGORY_RISK_FOR_PUBLIC_SECURITY",
        "category_specification": ["KEYWORD_TERRORIST_CONTENT"],
        "territorial_scope": list(codes().eea),
        "content_language": "FR",
        "content_date": "2026-05-01",
        "application_date": "2026-05-03",
        "decision_facts": "A message in an open room, looked at by a reviewer after a notice.",
        "source_type": "SOURCE_ARTICLE_16",
        "automated_detection": "No",
        "automated_decision": "AUTOMATED_DECISION_NOT_AUTOMATED",
        "puid": puid_of("dec-1"),
    }


def test_a_term_is_told_in_its_words_and_no_law_with_it() -> None:
    (term, *_) = terms().term
    record = record_of(decided(ground="terms", ground_reference=term.id))
    assert record["incompatible_content_ground"] == f"Terms, {term.id}: {term.en}"
    assert not [name for name in record if name.startswith("illegal")]
    assert faults_of(record) == []


def test_withheld_in_countries_is_disabled_there() -> None:
    record = record_of(decided(Measured("event", "withheld", ("TR", "EL", "DE"))))
    assert record["decision_visibility"] == ["DECISION_VISIBILITY_CONTENT_DISABLED"]
    assert record["territorial_scope"] == ["DE", "GR"]


def test_several_measures_are_one_record() -> None:
    month, year = ms("2026-06-03"), ms("2027-05-03")
    record = record_of(
        decided(
            Measured("event", "removed"),
            Measured("room", "delisted", until=month),
            Measured("account", "suspended", until=month),
            Measured("account", "locked", until=year),
            Measured("account", "limited"),
            content_types=("CONTENT_TYPE_TEXT", "CONTENT_TYPE_OTHER"),
        )
    )
    assert record["decision_visibility"] == ["DECISION_VISIBILITY_CONTENT_REMOVED", "DECISION_VISIBILITY_OTHER"]
    assert record["decision_visibility_other"] == "Taken out of the public directory and of searches"
    assert record["decision_account"] == "DECISION_ACCOUNT_SUSPENDED"
    assert record["end_date_account_restriction"] == "2027-05-03"
    assert record["decision_provision"] == "DECISION_PROVISION_PARTIAL_SUSPENSION"
    assert record["content_type_other"] == "Message, Room, User account"
    assert "end_date_visibility_restriction" not in record, "the message stays removed"
    assert faults_of(record) == []


def test_the_strongest_measure_of_an_account_is_told_with_its_own_end() -> None:
    record = record_of(
        decided(Measured("account", "suspended"), Measured("account", "terminated", until=ms("2028-01-01")))
    )
    assert record["decision_account"] == "DECISION_ACCOUNT_TERMINATED"
    assert record["end_date_account_restriction"] == "2028-01-01"


def test_who_notified_is_told_only_of_a_notice() -> None:
    assert record_of(decided(source_identity="A rights office"))["source_identity"] == "A rights office"
    assert "source_identity" not in record_of(decided(source_identity="A rights office", source="own_initiative"))


@given(
    st.lists(st.sampled_from(KNOWN), min_size=1, max_size=4, unique=True),
    st.sampled_from(["law", "terms"]),
    st.sampled_from(sorted(codes().source)),
    st.sampled_from(["yes", "no"]),
    st.sampled_from(sorted(codes().automation)),
    st.sampled_from(["", "fr", "pt-BR", "tlh", "el"]),
    st.booleans(),
)
def test_every_sort_of_decision_makes_a_record_that_is_taken(
    measures: list[tuple[str, str]],
    ground: str,
    source: str,
    detected: str,
    automation: str,
    language: str,
    is_other: bool,
) -> None:
    one = decided(
        *(Measured(*measure) for measure in measures),
        ground=ground,
        source=source,
        source_identity="An office",
        detected=detected,
        automation=automation,
        content_language=language,
        keywords=("KEYWORD_OTHER",) if is_other else (),
        keyword_other="something new",
    )
    assert is_due(one)
    assert faults_of(record_of(one)) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"outcome": "no_action"},
        {"outcome": "reversed"},
        {"dissemination": "direct"},
        {"dissemination": "invite_only"},
        {"dissemination": "approval"},
        {"subject": ""},
        {"source": "order"},
        {"ground": "terms", "ground_reference": "spam"},
        {"measures": ()},
        {"measures": (Measured("event", "withheld", ("TR",)),)},
    ],
)
def test_r76_what_the_database_is_not_told(changes: dict[str, object]) -> None:
    bulk = frozenset({"spam"})
    assert is_due(decided(), bulk)
    assert not is_due(decided(**changes), bulk)


def test_a_partly_reversed_decision_that_still_restricts_is_a_new_statement() -> None:
    partly = decided(Measured("event", "labelled"), outcome="partly_reversed", reverses="dec-0", id="dec-2")
    assert is_due(partly)
    assert not is_due(decided(outcome="partly_reversed", measures=()))


def test_a_puid_is_the_same_always_of_one_alone_and_says_nothing() -> None:
    assert puid_of("dec-1") == "chappe-kgzxnjxbwvsnwpgnzjzxlvrz"
    puids = [puid_of(f"{letter}{number}") for letter, number in itertools.product("ab", range(500))]
    assert len(set(puids)) == len(puids)
    assert all(not any(character.isdigit() for character in puid) for puid in puids)
    assert not [found for puid in puids for found in found_in({"puid": puid}, ["@carl:localhost", "Carl", "bob"])]


def test_the_same_decision_makes_the_same_record() -> None:
    one: Decided = decided()
    assert record_of(one) == record_of(decided())
