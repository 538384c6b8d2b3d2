"""The eleven parts of the yearly report as rows of cells. Pure; Annex I and II of Regulation (EU) 2024/2835.

A count of nothing is 0; what does not apply is blank, and so is a median or a share of nothing.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from chappe.moderation.categories import OTHER_KEYWORD, categories
from chappe.transparency.accuracy import Accuracy
from chappe.transparency.codes import FormRow, Part, annex
from chappe.transparency.figures import (
    NOTICES,
    OWN_LAW,
    OWN_TERMS,
    ComplaintCell,
    Figures,
    NoticeCell,
    OwnCell,
    Slot,
    median_hours,
    rows_of,
)

Rows = list[list[str]]

ORDERS = 3
TEXTS = tuple(f"text_{number}" for number in range(1, 7))
"""The texts of part 11 that everybody writes, in their order."""
DISPUTES = ("disputes", "disputes_upheld", "disputes_partly", "disputes_reversed", "disputes_median_hours")
DISPUTES_MORE = ("disputes_omitted", "disputes_implemented")
SUSPENSIONS = {
    "suspensions_content": "content",
    "suspensions_notices": "filings",
    "suspensions_complaints": "complaints",
}
"""What part 7 calls them, and what the register of misuse does."""
ENTERED = (*DISPUTES, *DISPUTES_MORE)
"""Figures that nothing here counts: staff enter them."""

_OWN_COLUMNS = (
    "removal", "disable", "demoted", "age_restricted", "interaction_restricted", "labelled", "visibility_other",
    "monetary_suspension", "monetary_termination", "monetary_other", "provision_suspension", "provision_termination",
    "account_suspension", "account_termination",
)  # fmt: skip
_COMPLAINTS = {
    "Number of complaints submitted to the internal-complaints mechanism": "all",
    "Complaint regarding a decision to remove or disable access to or restrict visibility of information": "visibility",
    "Complaint regarding a decision to suspend or terminate the provision of the service": "service",
    "Complaint regarding a decision to suspend or terminate an account": "account",
    "Complaint regarding a decision to restrict the ability to monetise information": "monetary",
    "Complaint regarding a decision not to take action on a notice submitted in accordance with Article 16": "notice",
    "Complaint regarding a decision not to take action on a notice submitted by a Trusted Flagger in accordance with "
    "Article 16": "trusted",
}
_SCOPES = {
    "Decisions upheld": "upheld",
    "Decisions partially reversed": "partly_reversed",
    "Decisions reversed": "reversed",
    "Decision omitted": "omitted",
}
_DISPUTE_SCOPES = {
    "Total number": "disputes",
    "Decisions upheld": "disputes_upheld",
    "Decisions partially reversed": "disputes_partly",
    "Decisions reversed": "disputes_reversed",
    "Decision omitted": "disputes_omitted",
}
_LANGUAGES = [
    "bg", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "ga", "hr", "hu", "it", "lt", "lv", "mt", "nl", "pl",
    "pt", "ro", "sk", "sl", "sv",
]  # fmt: skip
_STATES = [
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "EL", "ES", "FI", "FR", "HR", "HU", "IE", "IT", "LT", "LU", "LV",
    "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
]  # fmt: skip
_NOTE_OTHER = (
    "Those about inaction on a report that is no notice stand in this row alone; those of trusted flaggers are among "
    "those on notices, too."
)
_NOTE_OWN = "Also what followed on a report against the terms and conditions that is no notice under Article 16."


class About(NamedTuple):
    """What a report says of itself."""

    provider: str
    service: str
    year: int
    published: str
    """The day."""
    previous: str
    """The day of the latest one before, or blank."""

    @property
    def period(self) -> str:
        """As each row says it."""
        return f"{self.year}-01-01/{self.year}-12-31"


def sheets(
    about: About, figures: Figures, entered: Mapping[str, str], accuracy: Mapping[str, Accuracy]
) -> dict[int, Rows]:
    """All parts by their numbers, with their headings."""
    made = {
        1: _identification(about),
        2: _categories(),
        ORDERS: _orders(about),
        NOTICES: _notices(about, figures),
        OWN_LAW: _own(about, figures, OWN_LAW),
        OWN_TERMS: _own(about, figures, OWN_TERMS),
        7: _complaints(about, figures, entered),
        8: _automated(about, figures, accuracy),
        9: _very_large(about, 9, _LANGUAGES),
        10: _very_large(about, 10, _STATES),
        11: _texts(about, entered),
    }
    return {number: [list(annex().part(number).columns), *rows] for number, rows in made.items()}


def number_text(value: float | None) -> str:
    """A figure as it is written: no more than four digits behind the point, and none that say nothing."""
    if value is None:
        return ""
    return str(value) if isinstance(value, int) else f"{value:.4f}".rstrip("0").rstrip(".")


def _identification(about: About) -> Rows:
    values = (
        about.provider, about.published, about.previous, f"{about.year}-01-01", f"{about.year}-12-31"
    )  # fmt: skip
    rows = annex().part(1).rows
    return [
        [_applies(row.applicability), about.service, row.indicator, value]
        for row, value in zip(rows, values, strict=True)
    ]


def _categories() -> Rows:
    rows = [["TOTAL", "All the entries", "TOTAL", ""]]
    for code, category in categories().items():
        rows.append([f"Category {category.number}", annex().categories[code], code, ""])
        for letter, keyword in zip("abcdefghijklmnop", category.keywords, strict=False):
            label = annex().keywords[keyword]
            rows.append([f"Category {category.number}{letter}", label, keyword, ""])
    return rows


def _slotted(about: About, part: Part, applicability: str, slot: Slot, more: Iterable[str]) -> list[str]:
    code = slot.keyword or slot.category
    described = slot.description if slot.keyword == OTHER_KEYWORD else ""
    row = [_applies(applicability), about.service, about.period, code, described, *more]
    return row + [""] * (len(part.columns) - len(row))


def _orders(about: About) -> Rows:
    """None: the legal desk that receives orders counts them here, once it is there."""
    part = annex().part(ORDERS)
    values = ["TOTAL", "0", "0", "", "", "0", "", ""]
    return [_slotted(about, part, "all", slot, values) for slot, _ in rows_of(ORDERS, ())]


def _notices(about: About, figures: Figures) -> Rows:
    part, rows = annex().part(NOTICES), []
    for slot, inside in rows_of(NOTICES, figures.notices):
        cells = [figures.notices[one] for one in inside]
        rows.append(_slotted(about, part, "hosting", slot, _notice_values(cells)))
    return rows


def _notice_values(cells: list[NoticeCell]) -> list[str]:
    def both(pick: str) -> list[str]:
        return [str(sum(getattr(cell, pick)[which] for cell in cells)) for which in (0, 1)]

    medians = [number_text(median_hours([cell.times[which] for cell in cells])) for which in (0, 1)]
    return [*both("notices"), *both("items"), *medians, *both("by_law"), *both("by_terms")]


def _own(about: About, figures: Figures, number: int) -> Rows:
    part, rows = annex().part(number), []
    for slot, inside in rows_of(number, figures.own[number]):
        cells = [figures.own[number][one] for one in inside]
        rows.append(_slotted(about, part, "all", slot, _own_values(cells)))
    rows[0][5 + 2 + len(_OWN_COLUMNS)] = _NOTE_OWN
    return rows


def _own_values(cells: list[OwnCell]) -> list[str]:
    counts = [sum(cell.columns[column] for cell in cells) for column in _OWN_COLUMNS]
    return [str(each) for each in (sum(cell.measures for cell in cells), sum(cell.detected for cell in cells), *counts)]


def _complaints(about: About, figures: Figures, entered: Mapping[str, str]) -> Rows:
    rows = [_scoped(about, row, _complaint_value(row, figures, entered), "") for row in annex().part(7).rows]
    rows[0][-1] = _NOTE_OTHER
    return rows


def _complaint_value(row: FormRow, figures: Figures, entered: Mapping[str, str]) -> str:
    if row.indicator.startswith("Number of suspensions"):
        which = next(name for name in SUSPENSIONS if row.indicator.endswith(name.partition("_")[2]))
        return str(figures.suspensions[SUSPENSIONS[which]])
    if row.section.startswith("Out-of-court"):
        return _dispute_value(row.scope, entered)
    if row.indicator.startswith("Number of restrictions"):
        return str(figures.new_restrictions)
    cell = figures.complaints.get(_COMPLAINTS[row.indicator], ComplaintCell())
    if row.scope == "Median time":
        return number_text(cell.times.median_hours)
    return str(cell.total if row.scope == "Total number" else cell.states[_SCOPES[row.scope]])


def _dispute_value(scope: str, entered: Mapping[str, str]) -> str:
    if scope == "Median time":
        return entered.get("disputes_median_hours", "")
    if scope == "Percentage of outcomes implemented":
        against = sum(int(entered.get(name, "") or 0) for name in ("disputes_partly", "disputes_reversed"))
        return number_text(int(entered.get("disputes_implemented", "") or 0) / against) if against else ""
    return entered.get(_DISPUTE_SCOPES[scope], "") or "0"


def _automated(about: About, figures: Figures, accuracy: Mapping[str, Accuracy]) -> Rows:
    counters = {
        "Total number": figures.measures_by_automation["all"],
        "Own-initiative": figures.measures_by_automation["own"],
        "NAM Total": figures.notices_by_automation[0],
        "NAM Trusted Flagger": figures.notices_by_automation[1],
    }
    rows = []
    for row in annex().part(8).rows:
        if row.indicator.startswith("Accuracy"):
            found = accuracy.get(row.scope, Accuracy())
            share = {"Accuracy": found.accuracy, "Precision": found.precision, "Recall": found.recall}
            value = number_text(share[row.indicator.rpartition(" ")[2]])
            note = f"From a random sample of {found.size} that people judged." if found.size else ""
            rows.append(_scoped(about, row, value, note))
        else:
            rows.append(_scoped(about, row, str(counters[row.scope]["solely" in row.indicator]), ""))
    return rows


def _very_large(about: About, number: int, scopes: list[str]) -> Rows:
    """Parts for very large platforms, which this server is not: every row, and nothing in it."""
    form = annex().part(number).rows
    last = form[-1]
    more = [FormRow(last.applicability, last.indicator, last.section, scope) for scope in scopes]
    note = [""] if number == 9 else []
    return [[*_scoped(about, row, "", "")[:7], *note] for row in (*form, *more)]


def _texts(about: About, entered: Mapping[str, str]) -> Rows:
    texts = iter(TEXTS)
    return [
        [
            _applies(row.applicability), about.service, about.period, row.indicator,
            entered.get(next(texts), "") if row.applicability == "all" else "",
        ]
        for row in annex().part(11).rows
    ]  # fmt: skip


def _scoped(about: About, row: FormRow, value: str, note: str) -> list[str]:
    place = [row.section, row.indicator, row.scope]
    return [_applies(row.applicability), about.service, about.period, *place, value, note]


def _applies(word: str) -> str:
    return annex().applicability[word]
