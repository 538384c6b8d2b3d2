"""Decisions that two people make: the first proposes the verdict, the second approves just that. R35."""

from typing import Any

import msgspec

from chappe.errors import Errcode
from chappe.moderation import store
from chappe.moderation.claim import no_case, reviewer_of
from chappe.moderation.decide import decide_in
from chappe.moderation.rules import needs_second, require_sound_verdict
from chappe.moderation.verdict import Verdict
from chappe.operators import Kind, Proposal, Role, StaffRefused
from chappe.stream import Transaction

NAME = "moderation.decide"
_DAY_MS = 86_400_000
_REVIEWERS = frozenset({Role.MODERATOR, Role.SENIOR_MODERATOR, Role.CHILD_SAFETY})
_APPROVERS = frozenset({Role.SENIOR_MODERATOR, Role.CHILD_SAFETY})


def payload_of(number: int, verdict: Verdict) -> dict[str, Any]:
    """What is proposed: the verdict on a case, all of it."""
    verdict_told: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(verdict))
    return {"case": number, "verdict": verdict_told}


async def _require_right(tx: Transaction, payload: dict[str, Any]) -> None:
    verdict, number = _read(payload)
    case = await store.case(tx, number)
    if case is None or not case.is_open:
        raise no_case()
    require_sound_verdict(case, verdict, await store.proofs_of(tx, number))
    if not needs_second(verdict):
        raise StaffRefused("refused_no_second", "One person decides this: do it.", Errcode.INVALID_PARAM)


async def _carry_out(tx: Transaction, proposal: Proposal, payload: dict[str, Any]) -> None:
    """Decide, as the one who proposed it; both have to be such who may."""
    verdict, number = _read(payload)
    _, case = await reviewer_of(tx, proposal.proposed_by, number)
    await reviewer_of(tx, proposal.decided_by or "", number)
    store.claim(tx, number, proposal.proposed_by, otherwise=no_case())
    await decide_in(tx, case, verdict, proposal.proposed_by, second=proposal.decided_by or "")


def verdict_of(payload: dict[str, Any]) -> tuple[Verdict, int]:
    """What is proposed, and for which case."""
    return _read(payload)


def _shown_at(proposal: Proposal) -> str:
    return f"desk/proposals/{proposal.id}"


def _read(payload: dict[str, Any]) -> tuple[Verdict, int]:
    try:
        number = payload["case"]
        if not isinstance(number, int):
            raise TypeError
        return msgspec.convert(payload["verdict"], Verdict), number
    except (KeyError, TypeError, msgspec.ValidationError):
        raise StaffRefused("refused_verdict", "This is no verdict on a case.", Errcode.INVALID_PARAM) from None


def _concerned(payload: dict[str, Any]) -> frozenset[str]:
    """Whom it restricts cannot be the second person."""
    verdict, _ = _read(payload)
    return frozenset(one.subject for one in verdict.measures if one.kind == "account")


KIND = Kind(NAME, _REVIEWERS, _APPROVERS, 3 * _DAY_MS, _require_right, _carry_out, _concerned, _shown_at)
