"""A rule's case, and what every case is put to: the rules of a room version accept it, or refuse it with a reason."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import pytest

from chappe.errors import Errcode, Refused
from chappe.events.auth import authorise
from chappe.events.state import Draft
from tests.events.rooms import Room

ALL = "6 7 8 9 10 11 12"
V7 = "7 8 9 10 11 12"
V8 = "8 9 10 11 12"
V10 = "10 11 12"


class Case(NamedTuple):
    rule: str
    versions: str
    allowed: bool
    act: Callable[[Room], Draft]
    signed_by: tuple[str, ...] = ()


def per_version(cases: Sequence[Case]) -> pytest.MarkDecorator:
    """One test for each case and room version, named for the rule."""
    named = {
        f"v{version} {case.rule}: {'allow' if case.allowed else 'reject'}": (version, case)
        for case in cases
        for version in case.versions.split()
    }
    assert len(named) == sum(len(case.versions.split()) for case in cases), "two cases have one name"
    return pytest.mark.parametrize(("version", "case"), named.values(), ids=named.keys())


def expect(version: str, case: Case) -> None:
    room = Room(version)
    event = case.act(room)
    if case.allowed:
        authorise(room.version, event, room, signed_by=case.signed_by)
        return
    with pytest.raises(Refused) as refused:
        authorise(room.version, event, room, signed_by=case.signed_by)
    assert refused.value.code is Errcode.FORBIDDEN
    assert refused.value.reason.endswith(".")
