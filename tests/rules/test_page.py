"""The page about rules says what there is."""

from chappe.rules.facts import FACTS, Happening
from chappe.rules.rule import ACTIONS, Action
from tests.tidy.repository import ROOT


def test_every_fact_is_on_the_page() -> None:
    page = (ROOT / "docs" / "operating" / "rules.md").read_text()
    for fact in FACTS:
        assert f"| `{fact.name}` |" in page, fact.name
        assert f"| {fact.about} |" in page, fact.name


def test_every_action_can_be_done_about_something() -> None:
    assert set(ACTIONS) == set(Happening)
    assert frozenset[Action]().union(*ACTIONS.values()) == frozenset(Action)
