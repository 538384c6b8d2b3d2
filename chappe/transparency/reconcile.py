"""Whether a report says what the register says. What does not agree is not published. R92, R93. Pure."""

from collections.abc import Iterator

from chappe.transparency.count_store import Register
from chappe.transparency.figures import NOTICES, OWN_LAW, OWN_TERMS, Figures
from chappe.transparency.sheets import ORDERS, Rows

_FIRST_VALUE = {ORDERS: 6, NOTICES: 5, OWN_LAW: 5, OWN_TERMS: 5}
"""In which column the figures of a part begin."""
_SUMS = {ORDERS: (0, 1, 4), NOTICES: (0, 1, 2, 3, 6, 7, 8, 9), OWN_LAW: tuple(range(16)), OWN_TERMS: tuple(range(16))}
"""Which of them add up. Medians do not."""


def differences(figures: Figures, register: Register, parts: dict[int, Rows]) -> list[str]:
    """Every total that differs, and each decision that has no row, in words."""
    return [*figures.homeless, *_with_register(figures, register), *_within(parts)]


def _with_register(figures: Figures, register: Register) -> Iterator[str]:
    cells = figures.notices.values()
    law = sum(cell.by_law[0] for cell in cells) + figures.own_decisions["law"]
    terms = sum(cell.by_terms[0] for cell in cells) + figures.own_decisions["terms"]
    yield from _differs("decisions on the law, parts 4 and 5", law, register.by_ground.get("law", 0))
    yield from _differs("decisions on the terms, parts 4 and 6", terms, register.by_ground.get("terms", 0))
    without = sum(count for ground, count in register.by_ground.items() if ground not in ("law", "terms"))
    yield from _differs("decisions without a ground", 0, without)
    yield from _differs("measures, part 8", figures.measures_by_automation["all"].total(), register.measures)
    own = sum(cell.measures for part in figures.own.values() for cell in part.values())
    counted = figures.measures_by_automation["own"].total()
    yield from _differs("measures of our own initiative, parts 5 and 6", own, counted)
    yield from _differs("notices, part 4", sum(cell.notices[0] for cell in cells), register.notices)
    yield from _differs("items of notices, part 4", sum(cell.items[0] for cell in cells), register.items)
    complaints = figures.complaints["all"].total if "all" in figures.complaints else 0
    yield from _differs("complaints, part 7", complaints, register.complaints)


def _differs(what: str, report: int, register: int) -> Iterator[str]:
    if report != register:
        yield f"{what}: the report has {report}, the register {register}"


def _within(parts: dict[int, Rows]) -> Iterator[str]:
    """The rows of keywords add up to their category, categories to the total, and restrictions to the measures."""
    for part, first in _FIRST_VALUE.items():
        heading, *rows = parts[part]
        for column in (first + each for each in _SUMS[part]):
            yield from _column(part, heading[column].strip(), column, rows)
        if part in (OWN_LAW, OWN_TERMS):
            for row in rows:
                if int(row[first]) != sum(int(value) for value in row[first + 2 : first + 16]):
                    yield f"part {part}, {row[3]}: the restrictions are not as many as the measures"


def _column(part: int, name: str, column: int, rows: Rows) -> Iterator[str]:
    total = category = keywords = categories = 0
    code = ""
    has_keywords = False
    for row in [*rows, [*[""] * 3, "STATEMENT_CATEGORY_", *[""] * column]]:
        value = int(row[column] or 0)
        if row[3].startswith("KEYWORD_"):
            keywords, has_keywords = keywords + value, True
            continue
        if has_keywords and keywords != category:
            yield f"part {part}, {code}, {name}: the keywords have {keywords}, the category {category}"
        if row[3] == "TOTAL":
            total = value
        else:
            categories += value
        code, category, keywords, has_keywords = row[3], value, 0, False
    if categories != total:
        yield f"part {part}, {name}: the categories have {categories}, the total {total}"
