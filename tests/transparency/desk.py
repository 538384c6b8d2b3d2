"""A desk's register, filled without the desk: rows as its acts write them."""

import json
from typing import Any

from chappe.storage.unit import Statement, StatementKind, Unit
from chappe.stream import REGISTER, Writer
from tests.transparency.decisions import ms

CASE: dict[str, Any] = {
    "kind": "event", "item": "$item", "room_id": "!room:localhost", "author": "@carl:localhost",
    "dissemination": "public", "is_encrypted": 0, "snapshot": None, "version": "", "stream": "notices", "priority": 300,
    "category": "STATEMENT_CATEGORY_VIOLENCE", "language": "en", "opened_at": 0, "newest_at": 0, "filed": 1,
    "state": "decided", "claimed_by": "@mo:localhost", "claimed_until": 0, "decided_at": None, "decision": "",
}  # fmt: skip
FILING: dict[str, Any] = {
    "submission": "", "door": "notice", "by_user": "", "name": "", "email": "", "flagger": "",
    "category": "STATEMENT_CATEGORY_VIOLENCE", "keyword": "", "law": "", "country": "", "reason": "", "evidence": None,
    "proof": "public", "language": "en", "good_faith": 1, "is_muted": 0, "filed_at": 0, "receipt_at": None,
    "told_at": None,
}  # fmt: skip
DECISION: dict[str, Any] = {
    "by_user": "@mo:localhost", "second": "", "outcome": "restricted", "subject": "@carl:localhost", "ground": "law",
    "ground_reference": "Code pénal, art. 222-17", "explanation": "It threatens a person.",
    "facts": "A message in an open room.", "to_user": "Only you read this", "proportionality": "A label is too little.",
    "category": "STATEMENT_CATEGORY_VIOLENCE", "keywords": ["KEYWORD_COORDINATED_HARM"], "keyword_other": "",
    "content_types": ["CONTENT_TYPE_TEXT"], "territories": [], "until": None, "source": "notice", "source_identity": "",
    "detected": "no", "automation": "not", "rule": "", "content_language": "en", "reverses": "", "state": "standing",
}  # fmt: skip
COMPLAINT: dict[str, Any] = {
    "by_user": "", "filing": "", "text": "", "state": "open", "claimed_by": "", "claimed_until": 0, "decided_by": "",
    "decided_at": None, "answer": "", "reversal": "",
}  # fmt: skip
LISTS = ("keywords", "content_types", "territories")


class Desk:
    """Adds cases, filings, decisions and complaints; `write` commits them."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._unit = Unit(REGISTER)
        self._numbers = {"case": 0, "filing": 0, "decision": 0, "complaint": 0}

    def _add(self, table: str, values: dict[str, Any]) -> None:
        names = ", ".join(values)
        marks = ", ".join(f"${number}" for number in range(1, len(values) + 1))
        sql = f"INSERT INTO {table} ({names}) VALUES ({marks})"
        given = tuple(json.dumps(value) if name in LISTS else value for name, value in values.items())
        self._unit.statements.append(Statement(StatementKind.WRITE, sql, given))

    def _next(self, what: str) -> int:
        self._numbers[what] += 1
        return self._numbers[what]

    def case(self, **changes: Any) -> int:
        number = self._next("case")
        self._add("moderation_case", {"number": number, **CASE, "item": f"$item{number}", **changes})
        return number

    def filing(self, case: int, at: str = "2026-05-03", **changes: Any) -> str:
        id = f"fil-{self._next('filing')}"
        values = {**FILING, "submission": f"sub-{id}", "filed_at": ms(at), **changes}
        self._add("filing", {"id": id, "case_number": case, **values})
        return id

    def decision(self, case: int, *measures: tuple[str, str], at: str = "2026-05-03T12:00", **changes: Any) -> str:
        """A decision with measures of kind and name, by default the removal of a message."""
        number = self._next("decision")
        id = f"dec-{number}"
        moment = ms(at)
        values = {**DECISION, "at": moment, "content_at": moment, "applied_at": moment, **changes}
        self._add("decision", {"number": number, "id": id, "case_number": case, **values})
        if values["outcome"] == "restricted":
            measures = measures or (("event", "removed"),)
        for position, (kind, measure) in enumerate(measures):
            restriction = {
                "decision": id, "position": position, "kind": kind, "subject": "x", "within_room": "",
                "measure": measure, "territories": values["territories"], "until": values["until"], "restriction": "r",
                "lifted_by": "",
            }  # fmt: skip
            self._add("measure", restriction)
        return id

    def complaint(self, decision: str, at: str, **changes: Any) -> str:
        id = f"com-{self._next('complaint')}"
        if "decided_at" in changes:
            changes["decided_at"] = ms(changes["decided_at"])
        values = {**COMPLAINT, "by_user": f"@{id}:localhost", "filed_at": ms(at), **changes}
        self._add("complaint", {"id": id, "decision": decision, "case_number": 1, **values})
        return id

    async def write(self) -> None:
        await self._writer.submit(self._unit)
        self._unit = Unit(REGISTER)
