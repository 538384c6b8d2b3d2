"""The two-person rule: somebody proposes an act, and another person approves just that. R35.

A *kind* of proposal is declared by the slice that carries it out, and `app.py` puts them together. Approving is
single-use, and only the payload that the second person was shown: its digest comes with the approval. Not by the
person who proposed it, not from the same session, browser or device, and not by an account that shares one with
theirs.
"""

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import msgspec

from chappe import audit
from chappe.errors import Errcode
from chappe.events import canonical_json
from chappe.ids import UserID
from chappe.operators import rules, store
from chappe.operators.require import require
from chappe.operators.roles import Role
from chappe.operators.rules import StaffRefused
from chappe.operators.shared import SharedDevices
from chappe.operators.store import Proposal
from chappe.stream import Device, Transaction

MAX_PAYLOAD_BYTES = 16_384
MAX_OPEN = 20
"""Proposals of one person that wait at the same time."""
KEPT_MS = 90 * 86_400_000
"""How long one is shown after it has ended; the audit log has it for ever."""

Payload = dict[str, Any]


@dataclass(frozen=True)
class Kind:
    """A kind of act that needs two people.

    `require_right(tx, payload)` refuses a payload that could not be carried out. `carry_out(tx, proposal, payload)`
    queues the act in the unit that approves it; the proposal says by whom. `concerned(payload)` are those who may not
    be the second person.
    """

    name: str
    may_propose: frozenset[Role]
    may_approve: frozenset[Role]
    lifetime_ms: int
    require_right: Callable[[Transaction, Payload], Awaitable[None]]
    carry_out: Callable[[Transaction, Proposal, Payload], Awaitable[None]]
    concerned: Callable[[Payload], frozenset[str]] = lambda payload: frozenset()
    shown_at: Callable[[Proposal], str] = lambda proposal: ""
    """The page of the console, below its address, that shows what is proposed to people; "" for none."""

    @property
    def word(self) -> str:
        """Its key among the words of pages."""
        return f"kind_{self.name.replace('.', '_')}"


class Kinds(dict[str, Kind]):
    """All kinds, by name."""

    def __init__(self, *kinds: Kind) -> None:
        super().__init__({kind.name: kind for kind in kinds})
        assert len(self) == len(kinds), "two kinds of proposals have one name"


class Seat(msgspec.Struct, frozen=True):
    """From where somebody acts: hashes of the session and the browser of the console, or a device; "" for none."""

    user_id: UserID
    session: str = ""
    browser: str = ""
    device_id: str = ""


async def propose(
    tx: Transaction, device: Device | None, seat: Seat, kind_name: str, payload: Payload, reason: str
) -> str:
    """Propose an act. Returns the id of the proposal."""
    kind, reason = _kind(tx, kind_name), rules.require_reason(reason)
    await require(tx, tx.now, seat.user_id, *kind.may_propose)
    canonical_json.check(payload, "payload")
    text = canonical_json.encode(payload)
    if len(text) > MAX_PAYLOAD_BYTES:
        raise StaffRefused("refused_long", "The details are too long.", Errcode.TOO_LARGE)
    await kind.require_right(tx, payload)
    new = Proposal(
        secrets.token_urlsafe(12), kind.name, text.decode(), digest_of(kind.name, text), reason, seat.user_id,
        seat.session, seat.browser, seat.device_id, tx.now, tx.now + kind.lifetime_ms, "open",
    )  # fmt: skip
    many = StaffRefused("refused_many", "Too many of your proposals wait already.", Errcode.LIMIT_EXCEEDED)
    store.add_proposal(tx, new, MAX_OPEN, tx.now - KEPT_MS, otherwise=many)
    _record(tx, seat, "proposal.made", new, reason)
    return new.id


async def approve(tx: Transaction, device: Device | None, seat: Seat, proposal_id: str, digest: str) -> None:
    """Approve a proposal, which carries it out in the same commit."""
    proposal, kind = await _open(tx, proposal_id)
    await require(tx, tx.now, seat.user_id, *kind.may_approve)
    payload: Payload = msgspec.json.decode(proposal.payload)
    await require_second_person(tx, proposal, seat, kind.concerned(payload))
    store.require_holds(tx, proposal.proposed_by, _names(kind.may_propose), otherwise=over())
    store.require_holds(tx, seat.user_id, _names(kind.may_approve), otherwise=over())
    store.decide(tx, proposal.id, digest, "approved", seat.user_id, otherwise=over())
    _record(tx, seat, "proposal.approved", proposal)
    approved = msgspec.structs.replace(proposal, state="approved", decided_by=seat.user_id, decided_at=tx.now)
    await kind.carry_out(tx, approved, payload)


async def refuse(tx: Transaction, device: Device | None, seat: Seat, proposal_id: str, reason: str) -> None:
    """Refuse a proposal that does not concern oneself; or withdraw it, if it is one's own."""
    proposal, kind = await _open(tx, proposal_id)
    reason = rules.require_reason(reason)
    is_own = proposal.proposed_by == seat.user_id
    await require(tx, tx.now, seat.user_id, *(kind.may_propose if is_own else kind.may_approve))
    if not is_own and seat.user_id in kind.concerned(msgspec.json.decode(proposal.payload)):
        raise StaffRefused("refused_concerned", "Whom this concerns does not decide it.")
    state = "withdrawn" if is_own else "refused"
    store.decide(tx, proposal.id, proposal.digest, state, seat.user_id, otherwise=over())
    _record(tx, seat, f"proposal.{state}", proposal, reason)


async def require_second_person(
    tx: Transaction, proposal: Proposal, seat: Seat, concerned: frozenset[str] = frozenset()
) -> None:
    """Refuse whoever is not another person than the proposer, as far as can be told."""
    if seat.user_id == proposal.proposed_by:
        raise StaffRefused("refused_same_person", "Another person has to approve this.")
    if seat.user_id in concerned:
        raise StaffRefused("refused_concerned", "Whom this concerns cannot approve it.")
    same = ((seat.session, proposal.session), (seat.browser, proposal.browser), (seat.device_id, proposal.device_id))
    is_shared = any(here and here == there for here, there in same)
    for other in (proposal.proposed_by, *sorted(concerned)):
        is_shared = is_shared or await tx.of(SharedDevices).are_shared(tx, seat.user_id, UserID(other))
    if is_shared:
        reason = "This account and the proposer's have used one device: a second person has to approve on their own."
        raise StaffRefused("refused_same_device", reason)


def digest_of(kind_name: str, payload: bytes) -> str:
    """What is approved: kind and payload, as they are."""
    return sha256(kind_name.encode() + b"\n" + payload).hexdigest()


def over() -> StaffRefused:
    """The refusal of a proposal that cannot be decided any more."""
    return StaffRefused("refused_over", "This was decided already, has expired, or is not what you were shown.")


def _kind(tx: Transaction, name: str) -> Kind:
    kind = tx.of(Kinds).get(name)
    if kind is None:
        raise StaffRefused("refused_kind", "There is no such kind of proposal.", Errcode.INVALID_PARAM)
    return kind


async def _open(tx: Transaction, proposal_id: str) -> tuple[Proposal, Kind]:
    proposal = await store.proposal(tx, proposal_id)
    if proposal is None:
        raise StaffRefused("refused_no_proposal", "There is no such proposal.", Errcode.NOT_FOUND)
    if not proposal.is_open(tx.now):
        raise over()
    return proposal, _kind(tx, proposal.kind)


def _names(roles: frozenset[Role]) -> list[str]:
    return sorted(role.value for role in roles)


def _record(tx: Transaction, seat: Seat, act: str, proposal: Proposal, reason: str = "") -> None:
    told = {"kind": proposal.kind, "payload": msgspec.json.decode(proposal.payload), "digest": proposal.digest}
    audit.record(tx, seat.user_id, act, f"proposal {proposal.id}", reason=reason, proposal=told)
