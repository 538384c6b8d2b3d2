"""A year of a desk: a little of everything that a report counts."""

from chappe.transparency.sheets import TEXTS
from tests.transparency.desk import Desk

VIOLENCE, SCAMS = "STATEMENT_CATEGORY_VIOLENCE", "STATEMENT_CATEGORY_SCAMS_AND_FRAUD"
MINORS, OTHER_TERMS = "STATEMENT_CATEGORY_PROTECTION_OF_MINORS", "STATEMENT_CATEGORY_OTHER_VIOLATION_TC"
WRITTEN = {what: f"What we say of {number}." for number, what in enumerate(TEXTS, 1)}


def fill(desk: Desk) -> None:
    """2025: notices, reports, automatic matches, and what became of them."""
    # Two people send a notice about one message; it is removed 12 hours after the first, 10 after the second.
    one = desk.case()
    desk.filing(one, "2025-03-01T00:00", keyword="KEYWORD_COORDINATED_HARM")
    desk.filing(one, "2025-03-01T02:00", keyword="KEYWORD_COORDINATED_HARM")
    removed = desk.decision(one, at="2025-03-01T12:00")
    # One notice of a trusted flagger names three messages. Two are against the terms, one is fine.
    threes = [desk.case() for _ in range(3)]
    for case in threes:
        desk.filing(case, "2025-04-01", submission="three", flagger="INHOPE", category=MINORS)
    for case in threes[:2]:
        desk.decision(
            case, ("event", "removed"), ("account", "suspended"), at="2025-04-01T01:00", source="trusted_flagger",
            ground="terms", ground_reference="minors", category=MINORS, keywords=["KEYWORD_UNSAFE_CHALLENGES"],
        )  # fmt: skip
    fine = desk.decision(threes[2], at="2025-04-01T03:00", outcome="no_action", ground="", category="", keywords=[])
    # A notice that names no category, and one of what the terms forbid: number 17. Nobody has decided yet.
    for category in ("STATEMENT_CATEGORY_NOT_SPECIFIED_NOTICE", OTHER_TERMS):
        desk.filing(desk.case(), "2025-05-01", category=category)
    # A list matches twice; a program decides once, a person the other time.
    for automation in ("fully", "partially"):
        desk.decision(
            desk.case(stream="automatic"), ("media", "blocked"), at="2025-06-01", source="own_initiative",
            detected="yes", automation=automation, category=SCAMS, keywords=["KEYWORD_PHISHING"],
        )  # fmt: skip
    # A report breaks the terms: something else, described; and something else, not described.
    for described in ("Invitations in bulk", "Invitations  in bulk", ""):
        case = desk.case(stream="reports")
        desk.filing(case, "2025-07-01", door="report")
        desk.decision(
            case, ("account", "limited"), ("room", "frozen"), at="2025-07-01T01:00", source="other_notification",
            ground="terms", ground_reference="spam", category=OTHER_TERMS, keywords=["KEYWORD_OTHER"],
            keyword_other=described,
        )  # fmt: skip
    # Our own initiative, but a notice came before: it counts as one on a notice (R93).
    late = desk.case()
    desk.filing(late, "2025-08-01", category=SCAMS, keyword="KEYWORD_PHISHING")
    desk.decision(late, at="2025-08-02", source="own_initiative", category=SCAMS, keywords=["KEYWORD_PHISHING"])
    # Complaints: of the author (upheld after 5 hours), of a notifier (reversed), one withdrawn, one open.
    desk.complaint(removed, "2025-03-02T00:00", state="upheld", decided_at="2025-03-02T05:00")
    back = desk.decision(threes[2], at="2025-04-03", source="trusted_flagger", category=MINORS, keywords=[])
    notifier = desk.filing(threes[2], "2025-04-01", submission="three", flagger="INHOPE", category=MINORS)
    desk.complaint(
        fine, "2025-04-02", state="reversed", filing=notifier, by_user="", decided_at="2025-04-03", reversal=back
    )
    desk.complaint("dec-2", "2025-04-05", state="omitted", decided_at="2025-04-06")
    desk.complaint("dec-5", "2025-06-02")
    # Neither the year before nor the next.
    for year in ("2024-12-31T23:59", "2026-01-01T00:00"):
        other = desk.case()
        desk.filing(other, year)
        decision = desk.decision(other, at=year)
        desk.complaint(decision, year)
