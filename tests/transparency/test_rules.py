"""What the Transparency Database takes: our rules, and the schema that says the same to others. R80, R81."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import chappe.transparency
from chappe.errors import Refused
from chappe.moderation.categories import categories
from chappe.transparency.codes import annex, codes
from chappe.transparency.rules import FIELDS, FREE_TEXTS, faults_of, require_mendable
from tests.transparency.statements import BEYOND_THE_SCHEMA, INVALID, REMOVED, SUSPENDED, VALID

SCHEMA: dict[str, Any] = json.loads((Path(chappe.transparency.__file__).parent / "statement.schema.json").read_text())
CHECK = jsonschema.Draft202012Validator(SCHEMA)


@pytest.mark.parametrize("name", VALID)
def test_a_sound_record_has_no_fault(name: str) -> None:
    assert faults_of(VALID[name]) == []
    assert not list(CHECK.iter_errors(VALID[name]))


@pytest.mark.parametrize("name", INVALID)
def test_an_unsound_record_has_a_fault_in_that_field(name: str) -> None:
    record, field = INVALID[name]
    assert field in {fault for fault, _ in faults_of(record)}
    assert list(CHECK.iter_errors(record))


@pytest.mark.parametrize("name", BEYOND_THE_SCHEMA)
def test_what_no_schema_can_say_is_a_fault_too(name: str) -> None:
    record, field = BEYOND_THE_SCHEMA[name]
    assert [fault for fault, _ in faults_of(record)] == [field]


def test_r81_the_group_of_the_other_ground_is_never_sent() -> None:
    for record, wrong in (
        (REMOVED, "incompatible_content_ground"),
        (REMOVED, "incompatible_content_explanation"),
        (REMOVED, "incompatible_content_illegal"),
        (SUSPENDED, "illegal_content_legal_ground"),
        (SUSPENDED, "illegal_content_explanation"),
    ):
        mixed = {**record, wrong: "Yes"}
        assert (wrong, "is of the other ground, and would be dropped") in faults_of(mixed)
        assert list(CHECK.iter_errors(mixed))


ODD = st.one_of(
    st.none(),
    st.just(""),
    st.integers(0, 3),
    st.text(max_size=3),
    st.sampled_from(
        [
            "Yes",
            "No",
            "x" * 501,
            "x" * 2001,
            "x" * 5001,
            "2026-05-04",
            "2019-01-01",
            "2038-01-02",
            "EL",
            "GR",
            "fr",
            "FR",
        ]
    ),
    st.sampled_from(sorted(word for words in codes().one_of.values() for word in words)),
    st.lists(st.sampled_from(sorted(codes().one_of["decision_visibility"])), max_size=3),
    st.lists(st.sampled_from(["KEYWORD_OTHER", "KEYWORD_STALKING", "KEYWORD_TOYS"]), max_size=3),
    st.lists(st.sampled_from(["GR", "FR", "EL", "UK"]), max_size=3),
    st.lists(st.sampled_from([*codes().content_types, "CONTENT_TYPE_SMELL"]), max_size=3),
    st.sampled_from([{"EAN-13": "1234567890123"}, {"EAN-13": "1"}, {"ISBN": "1"}, {}]),
)


@settings(max_examples=1_500, deadline=None)
@given(
    st.sampled_from(sorted(VALID)),
    st.dictionaries(st.sampled_from([*SCHEMA["properties"], "platform_name"]), ODD, max_size=3),
    st.sets(st.sampled_from(list(SCHEMA["properties"])), max_size=2),
)
def test_the_rules_and_the_schema_agree(name: str, changes: dict[str, Any], without: set[str]) -> None:
    record = {field: value for field, value in {**VALID[name], **changes}.items() if field not in without}
    beyond = ("is before the restriction begins", "repeats the category")
    faults = [fault for fault in faults_of(record) if fault[1] not in beyond]
    assert (faults == []) == CHECK.is_valid(record), (faults, [error.message for error in CHECK.iter_errors(record)])


def test_the_schema_the_codes_and_the_desk_know_the_same_words() -> None:
    properties, defs = SCHEMA["properties"], SCHEMA["$defs"]
    assert defs["country"]["enum"] == list(codes().eea)
    assert set(defs["category"]["enum"]) == {code for code, one in categories().items() if one.number != 16}
    words = {word for one in categories().values() for word in one.keywords}
    assert set(defs["keyword"]["enum"]) == words | {"KEYWORD_STALKING"}  # of no category, and known to the database
    assert set(annex().categories) == set(categories())
    assert words < set(annex().keywords)
    assert set(codes().longest) >= set(FREE_TEXTS)
    assert set(FIELDS) == set(properties)
    for field, most in codes().longest.items():
        assert properties[field]["maxLength"] == most


def test_only_free_texts_are_mended() -> None:
    require_mendable({"decision_facts": "somebody wrote it"})
    for field, text in (("category", "X"), ("source_identity", "x" * 501), ("decision_facts", "a\0b")):
        with pytest.raises(Refused):
            require_mendable({field: text})
