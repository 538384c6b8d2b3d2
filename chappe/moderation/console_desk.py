"""What the pages of the desk have in common: who may open them, the tabs, a case in words, its script and style."""

from functools import cache
from pathlib import Path

from chappe.accounts.pages import Language
from chappe.config import Settings
from chappe.errors import Errcode
from chappe.http import NOBODY, Answer, Request, Routes
from chappe.moderation import exposure, store, work_store
from chappe.moderation.categories import categories
from chappe.moderation.claim import no_case
from chappe.moderation.flaggers import ENTERS
from chappe.moderation.misuse import DECIDES
from chappe.moderation.queues import is_overdue, may_see
from chappe.moderation.records import Case
from chappe.moderation.rules import DESK, JUDGES, require_may_review
from chappe.operators import ConsolePage, Role, StaffRefused
from chappe.operators.console import BASE, Visit
from chappe.operators.words import said
from chappe.storage import Database

SLICE = "moderation"

PAGES = (
    ConsolePage(SLICE, "desk", "nav_desk", DESK),
    ConsolePage(SLICE, "flaggers", "nav_flaggers", frozenset(ENTERS)),
    ConsolePage(SLICE, "misuse", "nav_misuse", frozenset(DECIDES)),
)

TABS: tuple[tuple[str, str, frozenset[Role]], ...] = (
    ("desk", "tab_queues", DESK),
    ("desk/reviews", "tab_reviews", DESK),
    ("desk/complaints", "tab_complaints", JUDGES),
    ("desk/bulk", "tab_bulk", DESK),
    ("desk/me", "tab_me", DESK),
)

files = Routes()


def desk_page(visit: Visit, template: str, *, status: int = 200, **values: object) -> Answer:
    """A page of the desk."""
    return visit.page(
        f"{SLICE}/{template}.html",
        status=status,
        own_files=True,
        tabs=[(path, word) for path, word, roles in TABS if visit.operator.has(*roles)],
        words=Words(visit.language),
        is_overdue=lambda case: is_overdue(case, visit.now),
        now=visit.now,
        **values,
    )


class Words:
    """What things of the desk are called, in a language."""

    def __init__(self, language: Language) -> None:
        self._language = language

    def say(self, word: str, **values: object) -> str:
        """A word of the desk."""
        return said(self._language, SLICE, word, **values)

    def what(self, case: Case) -> str:
        """What a case is about, naming nobody: a message in a public room."""
        what = self.say(f"what_{case.kind.value}")
        return what if case.kind.value == "account" else f"{what} {self.say(f'where_{case.dissemination.value}')}"

    def facts(self, case: Case) -> str:
        """The usual facts of a case, naming nobody."""
        what = self.what(case)
        return self.say(
            "facts_line" if case.filed > 1 else "facts_once", what=what[:1].upper() + what[1:], n=case.filed
        )

    def entry(self, what: str) -> str:
        """A line of a timeline, by what was done. Slices that came later may write lines that have no words here."""
        try:
            return self.say(f"entry_{what}")
        except KeyError:
            return what

    def category(self, code: str) -> str:
        """A category."""
        known = categories().get(code)
        return self.say("no_category") if known is None else known.fr if self._language is Language.FRENCH else known.en

    def ago(self, ms: int) -> str:
        """How long something lasts, in one unit."""
        minutes = max(ms, 0) // 60_000
        if minutes < 120:
            return self.say("minutes", n=minutes)
        return self.say("hours", n=minutes // 60) if minutes < 48 * 60 else self.say("days", n=minutes // 1440)


async def case_named(visit: Visit, number: str) -> Case:
    """The case of that number, if it may be shown to who visits: it is neither about them, nor did they file it."""
    database, found = visit.request.of(Database), None
    if number.isdecimal() and number.isascii() and len(number) <= 15:
        found = await store.case(database, int(number))
    if found is None or not may_see(visit.operator, found):
        raise no_case()
    me = visit.operator.user_id
    require_may_review(visit.operator, found, [me] if await store.has_filed(database, found.number, me) else [])
    return found


async def wellbeing_of(visit: Visit) -> exposure.Wellbeing:
    """What who visits was shown today."""
    today = await work_store.exposure(visit.request.of(Database), visit.operator.user_id, visit.now // exposure.DAY_MS)
    return exposure.wellbeing(today, visit.request.of(Settings).reviewer_minutes, visit.now)


def no_such_page() -> StaffRefused:
    """The refusal of what is not there."""
    return StaffRefused("refused_not_there", "There is no such page.", Errcode.NOT_FOUND)


@files.get(f"{BASE}/desk.css", auth=NOBODY)
async def get_desk_style(request: Request) -> Answer:
    """The style sheet of the desk."""
    return _file("desk.css", "text/css; charset=utf-8")


@files.get(f"{BASE}/desk.js", auth=NOBODY)
async def get_desk_script(request: Request) -> Answer:
    """The script of the desk: keys, and what is new. Every page works without it."""
    return _file("desk.js", "text/javascript; charset=utf-8")


def _file(name: str, content_type: str) -> Answer:
    headers = (("Content-Type", content_type), ("Cache-Control", "max-age=300"), ("X-Content-Type-Options", "nosniff"))
    return Answer(200, _read(name), headers)


@cache
def _read(name: str) -> bytes:
    return (Path(__file__).parent / name).read_bytes()
