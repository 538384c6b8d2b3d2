"""Whatever somebody alters, removes, moves or cuts off is found, and named. R140."""

from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chappe.audit.entry import new_part
from chappe.audit.tree import Node
from chappe.audit.verify import Report, What, verify
from tests.audit.conftest import VKEY, Copy

replace = msgspec.structs.replace
STRETCHES = st.lists(st.integers(1, 5), min_size=1, max_size=9)
"""How many entries each checkpoint adds."""


def found(copy: Copy, kept: list[bytes] | None = None) -> Report:
    return verify(copy, [VKEY], kept)


def said(report: Report) -> list[tuple[What, int, int]]:
    return [(one.what, one.first, one.last) for one in report.findings]


def _ends(stretches: list[int]) -> list[int]:
    return [sum(stretches[: at + 1]) for at in range(len(stretches))]


def alter(copy: Copy, number: int) -> None:
    copy.rows[number] = replace(copy.rows[number], body=new_part('{"reason":"another"}'))


@given(STRETCHES)
@settings(max_examples=40)
def test_an_honest_log_is_whole(stretches: list[int]) -> None:
    copy = Copy(stretches)
    report = found(copy)
    assert report.findings == []
    assert (report.entries, report.checkpoints, report.uncovered) == (sum(stretches), len(stretches), 0)


@given(STRETCHES, st.data())
@settings(max_examples=60)
def test_an_altered_entry_is_named(stretches: list[int], data: st.DataObject) -> None:
    copy = Copy(stretches)
    number = data.draw(st.integers(0, len(copy.rows) - 1))
    how: Callable[[Copy, int], None] = data.draw(
        st.sampled_from(
            [
                alter,
                lambda c, n: c.rows.__setitem__(n, replace(c.rows[n], time=5)),
                lambda c, n: c.rows.__setitem__(n, replace(c.rows[n], act="test.staff")),
                lambda c, n: c.rows.__setitem__(n, replace(c.rows[n], actor=new_part("@eve:example.org"))),
                lambda c, n: c.rows.__setitem__(n, replace(c.rows[n], subject=replace(c.rows[n].subject, seal=b""))),
            ]
        )
    )
    how(copy, number)
    assert (What.ALTERED, number, number) in said(found(copy))
    assert {one.first for one in found(copy).findings} == {number}


@given(STRETCHES, st.data())
@settings(max_examples=60)
def test_a_part_that_does_not_fit_its_seal_is_named(stretches: list[int], data: st.DataObject) -> None:
    copy = Copy(stretches)
    number = data.draw(st.integers(0, len(copy.rows) - 1))
    row = copy.rows[number]
    spoilt, what = data.draw(
        st.sampled_from(
            [
                (replace(row, body=replace(row.body, value="{}")), What.PART_ALTERED),
                (replace(row, actor=replace(row.actor, salt=b"x" * 32)), What.PART_ALTERED),
                (replace(row, actor=replace(row.actor, salt=None)), What.PART_ALTERED),
                (replace(row, subject=replace(row.subject, value=None)), What.PART_ALTERED),
                (replace(row, body=replace(row.body, value=None, salt=None)), What.PART_MISSING),
            ]
        )
    )
    copy.rows[number] = spoilt
    assert said(found(copy)) == [(what, number, number)]


@given(STRETCHES, st.data())
@settings(max_examples=60)
def test_a_removed_entry_is_named(stretches: list[int], data: st.DataObject) -> None:
    copy = Copy(stretches)
    number = data.draw(st.integers(0, len(copy.rows) - 1))
    del copy.rows[number]
    assert said(found(copy)) == [(What.MISSING, number, number)]


@given(STRETCHES, st.data())
@settings(max_examples=60)
def test_a_removed_entry_whose_gap_was_closed_is_named(stretches: list[int], data: st.DataObject) -> None:
    copy = Copy(stretches)
    size = len(copy.rows)
    number = data.draw(st.integers(0, size - 1))
    del copy.rows[number]
    copy.rows = [replace(row, number=at) for at, row in enumerate(copy.rows)]
    expected = {(What.MISSING, number, number)}
    if number < size - 1:
        expected.add((What.MOVED, number, size - 2))
    assert set(said(found(copy))) == expected


@given(STRETCHES, st.data())
@settings(max_examples=60)
def test_entries_that_changed_places_are_named(stretches: list[int], data: st.DataObject) -> None:
    copy = Copy([*stretches, 1])
    numbers = st.integers(0, len(copy.rows) - 1)
    one, other = data.draw(st.tuples(numbers, numbers).filter(lambda two: two[0] != two[1]))
    copy.rows[one], copy.rows[other] = replace(copy.rows[other], number=one), replace(copy.rows[one], number=other)
    report = found(copy)
    assert {one.what for one in report.findings} == {What.MOVED}
    assert {each for finding in report.findings for each in (finding.first, finding.last)} == {one, other}
    assert "signed as" in report.findings[0].sentence


@given(STRETCHES, st.data())
@settings(max_examples=60)
def test_an_entry_put_in_between_is_found(stretches: list[int], data: st.DataObject) -> None:
    copy = Copy(stretches)
    number = data.draw(st.integers(0, len(copy.rows) - 1))
    copy.rows.insert(number, replace(copy.rows[number], body=new_part("{}")))
    copy.rows = [replace(row, number=at) for at, row in enumerate(copy.rows)]
    report = found(copy)
    assert (What.ALTERED, number, number) in said(report)


@given(STRETCHES, st.data())
@settings(max_examples=60)
def test_who_has_all_but_the_key_is_found_too(stretches: list[int], data: st.DataObject) -> None:
    """With all hashes made anew, the first checkpoint that does not fit says between which entries it was."""
    copy = Copy(stretches)
    number = data.draw(st.integers(0, len(copy.rows) - 1))
    alter(copy, number)
    copy.rehash()
    ends = [sum(stretches[: at + 1]) for at in range(len(stretches))]
    last = next(end for end in ends if number < end) - 1
    first = next((end for end in reversed(ends) if end <= number), 0)
    what = What.ALTERED if first == last else What.UNFIT
    assert said(found(copy))[0] == (what, first, last)


@given(STRETCHES, st.data())
@settings(max_examples=60)
def test_a_log_that_was_cut_off_is_found_by_any_later_checkpoint(stretches: list[int], data: st.DataObject) -> None:
    copy = Copy(stretches)
    size = len(copy.rows)
    left = data.draw(st.integers(0, size - 1))
    kept = copy.signed[-1]
    del copy.rows[left:]
    copy.rehash()
    assert (What.MISSING, left, size - 1) in said(found(copy)), "by its own checkpoints"
    copy.signed = [note for note, end in zip(copy.signed, _ends(stretches), strict=True) if end <= left]
    assert (What.MISSING, left, size - 1) in said(found(copy, [kept])), "by the one that was kept"
    if left in _ends(stretches):
        assert found(copy).findings == [], "without one, nobody can know"


@given(STRETCHES, st.data())
@settings(max_examples=60)
def test_altered_hashes_are_not_taken_for_altered_entries(stretches: list[int], data: st.DataObject) -> None:
    copy = Copy(stretches)
    number = data.draw(st.integers(0, len(copy.rows) - 1))
    copy.hashes[Node(0, number).stored_at()] = b"x" * 32
    assert said(found(copy)) == [(What.STORED_HASH, number, number)]


@given(STRETCHES, st.data())
@settings(max_examples=60)
def test_checkpoints_cannot_be_made_or_changed(stretches: list[int], data: st.DataObject) -> None:
    copy = Copy([*stretches, 1])
    at = data.draw(st.integers(0, len(copy.signed) - 1))
    copy.signed[at] = copy.signed[at].replace(b"\n", b"\n1", 1)
    assert {one.what for one in found(copy).findings} >= {What.CHECKPOINT}
    copy = Copy([*stretches, 1])
    copy.signed.pop()
    assert {one.what for one in found(copy).findings} == {What.CHECKPOINT}, "hashes without their checkpoint"
    copy.signed.clear()
    assert {one.what for one in found(copy).findings} == {What.CHECKPOINT}


def test_another_log_under_the_same_key_is_told_from_this_one() -> None:
    here, there = Copy([3, 3]), Copy([3, 3], "h2")
    report = found(here, [there.signed[-1]])
    assert [one.what for one in report.findings] == [What.CHECKPOINT]
    assert "example.org/audit/h2" in report.findings[0].sentence


@given(
    st.lists(st.sampled_from(["alter", "remove", "swap", "blank", "rehash", "cut"]), min_size=1, max_size=5),
    STRETCHES,
    st.randoms(use_true_random=False),
)
@settings(max_examples=150)
def test_nothing_goes_unnoticed_whatever_is_done_together(acts: list[str], stretches: list[int], dice: object) -> None:
    copy = Copy(stretches)
    before = (list(copy.rows), dict(copy.hashes))
    randrange: Callable[[int], int] = dice.randrange  # type: ignore[attr-defined]  # Hypothesis' own Random
    for act in acts:
        if not copy.rows:
            break
        at, other = randrange(len(copy.rows)), randrange(len(copy.rows))
        if act == "alter":
            alter(copy, at)
        elif act == "remove":
            del copy.rows[at]
        elif act == "swap":
            one, two = copy.rows[at], copy.rows[other]
            copy.rows[at], copy.rows[other] = replace(two, number=one.number), replace(one, number=two.number)
        elif act == "blank":
            copy.rows[at] = replace(copy.rows[at], body=replace(copy.rows[at].body, salt=None, value=None))
        elif act == "rehash":
            copy.rehash()
        else:
            del copy.rows[at:]
    if (copy.rows, copy.hashes) == before:
        return
    report = found(copy)
    assert report.findings
    assert all(one.sentence.endswith(".") for one in report.findings)


def test_what_is_gone_with_all_that_was_stored_of_it_is_missing_and_not_altered() -> None:
    copy = Copy([2, 1, 1])
    copy.rows.pop()
    copy.hashes = {id: hashed for id, hashed in copy.hashes.items() if id < Node(0, 3).stored_at()}
    assert said(found(copy)) == [(What.MISSING, 3, 3)]


@pytest.mark.parametrize("number", [10**7, -5, 2**62])
def test_absurd_numbers_end_in_a_finding(number: int) -> None:
    copy = Copy([4])
    copy.rows[3] = replace(copy.rows[3], number=number)
    assert found(copy).findings
