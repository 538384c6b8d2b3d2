"""The form of a decision and the usual reasons that fill it in."""

from pathlib import Path

import pytest

from chappe.accounts.pages import Language
from chappe.moderation import reasons as reasons_file
from chappe.moderation.form import digest_of, fields_of, options_of, verdict_in
from chappe.moderation.reasons import planned, read_measure, reasons, verdict_by
from chappe.moderation.records import Case
from chappe.moderation.rules import MEASURES, require_sound_verdict
from chappe.moderation.words import Dissemination, ItemKind, Proof, Stream


def case(kind: ItemKind = ItemKind.EVENT, **content: object) -> Case:
    item = {"event": "$e", "room": "!r:x", "account": "@ada:x"}[kind.value]
    return Case(
        1, kind, item, "" if kind is ItemKind.ACCOUNT else "!r:x", "@ada:x", Dissemination.PUBLIC, False,
        {"content": content}, "", Stream.REPORTS, 400, "", "", 0, 0, 1, "open", "", 0, None, "",
    )  # fmt: skip


OURS = reasons(Path("nowhere"))
KINDS = [ItemKind.EVENT, ItemKind.ROOM, ItemKind.ACCOUNT]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("reason", OURS.reason, ids=lambda one: one.id)
@pytest.mark.parametrize("language", list(Language))
def test_each_reason_makes_a_sound_verdict_that_the_form_gives_back(
    kind: ItemKind, reason: reasons_file.Reason, language: Language
) -> None:
    about = case(kind, body="x", msgtype="m.text")
    verdict = verdict_by(about, reason, language, "a message", "A message.", "Art. 24, Act of 1881")
    require_sound_verdict(about, verdict, [Proof.PUBLIC])
    assert bool(verdict.measures) is (reason.ground is not None)
    again = verdict_in(about, fields_of(about, verdict))
    assert again == verdict
    assert digest_of(again) == digest_of(verdict)


def test_options_are_all_that_can_be_done_with_the_media() -> None:
    about = case(url="mxc://x/one", info={"thumbnail_url": "mxc://x/two"})
    found = {(one.target.kind, one.measure) for one in options_of(about)}
    assert found == {(kind, measure) for kind, measures in MEASURES.items() for measure in measures}
    media = [one.target.subject for one in options_of(about) if one.target.kind == "media"]
    assert sorted(media) == ["mxc://x/one", "mxc://x/two"]


@pytest.mark.parametrize("days", ["-1", "x", "1e3", "999999", "١"])
def test_days_that_are_none_are_refused_and_not_forgotten(days: str) -> None:
    about = case(body="x")
    verdict = verdict_by(about, OURS.reason[0], Language.ENGLISH, "a message", "A message.", "")
    fields = {**fields_of(about, verdict)}
    chosen = next(name for name in fields if name.startswith("do_")).removeprefix("do_")
    spoilt = verdict_in(about, {**fields, f"days_{chosen}": days})
    assert spoilt.measures[0].days == 0
    with pytest.raises(Exception, match="ends after 1 to"):
        require_sound_verdict(about, spoilt, [Proof.PUBLIC])


def test_the_file_of_the_data_folder_is_taken_and_read_again(tmp_path: Path) -> None:
    path = tmp_path / "reasons.toml"
    one = (
        '[[reason]]\nid = "rude"\nkey = "1"\nterm = "harassment"\ncategory = "STATEMENT_CATEGORY_CYBER_VIOLENCE"\n'
        'measures.event = ["removed", "account suspended 3"]\n'
        'en.name = "Rude"\nen.explanation = "{what} is rude."\nen.proportionality = "p"\n'
        'fr.name = "Grossier"\nfr.explanation = "e"\nfr.proportionality = "p"\n'
    )
    path.write_text(one)
    found = reasons(tmp_path)
    assert [each.id for each in found.reason] == ["rude"]
    assert [(each.kind, each.measure, each.days) for each in planned(case(), found.reason[0])] == [
        ("event", "removed", None),
        ("account", "suspended", 3),
    ]
    verdict = verdict_by(case(), found.reason[0], Language.ENGLISH, "a message", "f", "")
    assert verdict.explanation == "a message is rude."
    for spoilt in (
        one.replace("harassment", "nothing"),
        one.replace("CYBER_VIOLENCE", "NOTHING"),
        one.replace('key = "1"', 'key = "x"'),
        one + one,
        one.replace('"removed"', '"frozen"'),
        one.replace("measures.event", "measures.nothing"),
        one.replace('term = "harassment"\n', ""),
        one.replace('fr.name = "Grossier"\n', ""),
        "[[reason",
        "x" * 1_000_001,
    ):
        path.write_text(spoilt)
        found = reasons(tmp_path)
        assert found.trouble.startswith("reasons.toml: "), spoilt
        assert found.reason == OURS.reason, "the desk goes on"


@pytest.mark.parametrize("text", ["", "7", "removed removed", "account", "event closed", "account suspended x"])
def test_measures_that_are_none(text: str) -> None:
    with pytest.raises(ValueError, match="can be done"):
        read_measure("event", text)
