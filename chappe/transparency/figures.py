"""What is counted for the yearly report, and how rows of the registers go into it. Pure; Annex II of the Regulation.

A *cell* is what one row of a part says. Each thing is counted in one keyword of one category, and in no other.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

import msgspec

from chappe.moderation.categories import NOT_SPECIFIED, OTHER_KEYWORD, categories
from chappe.transparency.codes import annex, measure_code

HOUR_MS = 3_600_000
NOTICES, OWN_LAW, OWN_TERMS = 4, 5, 6
MAX_DESCRIPTIONS = 30
"""Of "something else" in one category that get a row each; the rarer ones share one."""
MAX_HOMELESS = 20
"""Decisions that no row has a place for, named one by one."""

_keywords = msgspec.json.Decoder(list[str]).decode


class Slot(NamedTuple):
    """A row of parts 3 to 6: a category, one of its keywords, and in words what "something else" is."""

    category: str
    keyword: str = ""
    description: str = ""


class Times:
    """How long things took, in hundredths of an hour, for a median that is exact to these."""

    def __init__(self) -> None:
        self.counts: Counter[int] = Counter()

    def add(self, ms: int) -> None:
        """One of them."""
        self.counts[round(max(ms, 0) * 100 / HOUR_MS)] += 1

    @property
    def median_hours(self) -> float | None:
        """Half of them took no longer; None of nothing."""
        many = self.counts.total()
        if not many:
            return None
        return (self._at((many - 1) // 2) + self._at(many // 2)) / 200

    def _at(self, place: int) -> int:
        """The one at a place, if they stood in order."""
        for value in sorted(self.counts):
            place -= self.counts[value]
            if place < 0:
                return value
        raise AssertionError("the place is one of theirs")


def median_hours(cells: Iterable[Times]) -> float | None:
    """The median of several together."""
    together = Times()
    for one in cells:
        together.counts.update(one.counts)
    return together.median_hours


class NoticeCell:
    """Of part 4. Each pair is of all notices, and of those of trusted flaggers among them."""

    def __init__(self) -> None:
        self.notices = [0, 0]
        self.items = [0, 0]
        self.times = (Times(), Times())
        self.by_law = [0, 0]
        self.by_terms = [0, 0]


class OwnCell:
    """Of parts 5 and 6: measures, by what they are; those whose item was detected by a program alone; decisions."""

    def __init__(self) -> None:
        self.columns: Counter[str] = Counter()
        self.detected = 0

    @property
    def measures(self) -> int:
        """All of them."""
        return sum(self.columns.values())


class ComplaintCell:
    """Of part 7: how many, what became of them, and how long that took."""

    def __init__(self) -> None:
        self.total = 0
        self.states: Counter[str] = Counter()
        self.times = Times()


class Figures:
    """Everything that is counted for one period."""

    def __init__(self) -> None:
        self.notices: dict[Slot, NoticeCell] = {}
        self.own: dict[int, dict[Slot, OwnCell]] = {OWN_LAW: {}, OWN_TERMS: {}}
        self.own_decisions: Counter[str] = Counter()
        """Decisions of our own initiative, by ground."""
        self.measures_by_automation: dict[str, Counter[bool]] = {"all": Counter(), "own": Counter()}
        """Measures, of all decisions and of our own initiative: True for those without anybody."""
        self.notices_by_automation: tuple[Counter[bool], Counter[bool]] = (Counter(), Counter())
        self.complaints: dict[str, ComplaintCell] = {}
        self.new_restrictions = 0
        self.suspensions: Counter[str] = Counter()
        """For misuse, by what was misused: content, filings, complaints."""
        self.about_accounts = 0
        """Measures about accounts, of all decisions."""
        self.homeless: list[str] = []
        """What no row has a place for, in words."""

    def add_decisions(self, ground: str, notice: Slot | None, trusted: bool, count: int, number: int) -> None:
        """Decisions that restrict and are alike, `number` the first of them. `notice` is the row of the first notice
        about each; None for our own initiative."""
        if ground not in ("law", "terms"):
            self._homeless(number, "rests on no ground")
        elif notice is None:
            self.own_decisions[ground] += count
        else:
            cell = self.notices.setdefault(notice, NoticeCell())
            _count(cell.by_law if ground == "law" else cell.by_terms, trusted, count)

    def add_measures(
        self, ground: str, category: str, keywords: str, other: str, kind: str, measure: str, own: bool, detected: bool,
        automated: bool, count: int, number: int,
    ) -> None:  # fmt: skip
        """Measures of decisions that are alike, `number` the first of those."""
        self.measures_by_automation["all"][automated] += count
        self.about_accounts += count if kind == "account" else 0
        if not own:
            return
        self.measures_by_automation["own"][automated] += count
        part = OWN_LAW if ground == "law" else OWN_TERMS
        slot = slot_of(part, category, _keywords(keywords), other)
        if slot is None:
            self._homeless(number, f"has the category {category}, which part {part} has no row for")
            return
        cell = self.own[part].setdefault(slot, OwnCell())
        cell.columns[measure_code(kind, measure).column] += count
        cell.detected += count if detected else 0

    def add_notice(
        self, category: str, keyword: str, trusted: bool, is_first: bool, took_ms: int | None, automation: str | None
    ) -> None:
        """An item that a notice names. `is_first` of the notice; `took_ms` until something was done about it;
        `automation` of the decision, None where there is none yet."""
        cell = self.notices.setdefault(notice_slot(category, keyword), NoticeCell())
        _count(cell.items, trusted, 1)
        _count(cell.notices, trusted, int(is_first))
        if took_ms is not None:
            for times in cell.times if trusted else cell.times[:1]:
                times.add(took_ms)
        if automation is not None and is_first:
            for counter in self.notices_by_automation if trusted else self.notices_by_automation[:1]:
                counter[automation == "fully"] += 1

    def add_complaint(self, what: Iterable[str], state: str, took_ms: int | None, new_restriction: bool) -> None:
        """A complaint about a decision of these sorts (Art. 20(1)(a) to (d), and against inaction)."""
        for name in ("all", *what):
            cell = self.complaints.setdefault(name, ComplaintCell())
            cell.total += 1
            cell.states[state] += 1
            if took_ms is not None and state != "omitted":
                cell.times.add(took_ms)
        self.new_restrictions += int(new_restriction)

    def _homeless(self, number: int, why: str) -> None:
        if len(self.homeless) < MAX_HOMELESS:
            self.homeless.append(f"decision {number} {why}")


def _count(pair: list[int], trusted: bool, count: int) -> None:
    pair[0] += count
    if trusted:
        pair[1] += count


@cache
def notice_slot(category: str, keyword: str) -> Slot:
    """The row of a notice: number 17 where it names nothing that part 4 has (R70, R93)."""
    return slot_of(NOTICES, category, [keyword] if keyword else [], "") or Slot(NOT_SPECIFIED)


def slot_of(part: int, category: str, keywords: list[str], other: str) -> Slot | None:
    """The row of something with these keywords, the first of which is the most precise; None where there is none."""
    known = categories().get(category)
    if known is None or part not in known.sheets:
        return None
    if not known.keywords:
        return Slot(category)
    keyword = keywords[0] if keywords else ""
    if keyword in known.keywords and keyword != OTHER_KEYWORD:
        return Slot(category, keyword)
    said = other if keyword == OTHER_KEYWORD else annex().keywords.get(keyword, "")
    return Slot(category, OTHER_KEYWORD, " ".join(said.split()))


def rows_of(part: int, counted: Iterable[Slot]) -> Iterator[tuple[Slot, list[Slot]]]:
    """The rows of a part in their order, each with what is counted in it: the total, categories, keywords.

    "Something else" has a row for what nobody described, and one for each description.
    """
    slots = sorted(counted)
    yield Slot("TOTAL"), slots
    for code, category in categories().items():
        if part not in category.sheets:
            continue
        of_category = [slot for slot in slots if slot.category == code]
        yield Slot(code), of_category
        for keyword in category.keywords:
            in_keyword = [slot for slot in of_category if slot.keyword == keyword]
            if keyword != OTHER_KEYWORD:
                yield Slot(code, keyword), in_keyword
                continue
            label = annex().categories[code]
            nameless = Slot(code, keyword, f"{label}: not described further")
            yield nameless, [slot for slot in in_keyword if not slot.description]
            described = [slot for slot in in_keyword if slot.description]
            for slot in described[:MAX_DESCRIPTIONS]:
                yield slot, [slot]
            if described[MAX_DESCRIPTIONS:]:
                yield Slot(code, keyword, f"{label}: other descriptions"), described[MAX_DESCRIPTIONS:]
