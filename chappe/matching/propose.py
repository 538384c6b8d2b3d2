"""Lists of hashes by two people: one proposes that a staged list be used, or that one be retired, another approves."""

from collections.abc import Awaitable, Callable
from typing import Final

from chappe.errors import Errcode
from chappe.matching import store
from chappe.matching.lists import no_such_list, publish_list, require_version, retire_list
from chappe.operators import Kind, Proposal, Role, StaffRefused
from chappe.operators.two_person import Payload
from chappe.stream import Transaction

PUBLISH: Final = "hashes.publish"
RETIRE: Final = "hashes.retire"
LIFETIME_MS = 7 * 86_400_000
STAFF = frozenset({Role.OWNER, Role.SENIOR_MODERATOR, Role.CHILD_SAFETY})
"""Who answers for lists. What stands on one hides what people say, so that it needs two of them."""


def payload_of(found: store.HashList) -> Payload:
    """What the second person is shown, and approves: never a hash, but the digest over all."""
    return {
        "name": found.name, "version": found.version, "kind": found.kind, "topic": found.topic,
        "entries": found.entries, "source": found.source, "owner": found.owner, "vetted": bool(found.vetted),
        "digest": found.digest,
    }  # fmt: skip


def _rightly(*states: str) -> Callable[[Transaction, Payload], Awaitable[None]]:
    async def require_right(tx: Transaction, payload: Payload) -> None:
        name, version = payload.get("name"), payload.get("version")
        if not isinstance(name, str) or type(version) is not int:
            raise no_such_list()
        found = await store.by_version(tx, name, version)
        if found is None or found.state not in states:
            raise no_such_list()
        if payload_of(found) != payload:
            raise StaffRefused("refused_list", "The list is not what the proposal says.", Errcode.INVALID_PARAM)

    return require_right


async def _publish(tx: Transaction, proposal: Proposal, payload: Payload) -> None:
    await require_version(tx, payload["name"], payload["version"], store.STAGED)
    await publish_list(
        tx, payload["name"], payload["version"], payload["digest"], proposal.proposed_by, f"proposal {proposal.id}"
    )


async def _retire(tx: Transaction, proposal: Proposal, payload: Payload) -> None:
    await retire_list(tx, None, payload["name"], payload["version"], proposal.proposed_by, f"proposal {proposal.id}")


KINDS = (
    Kind(PUBLISH, STAFF, STAFF, LIFETIME_MS, _rightly(store.STAGED), _publish),
    Kind(RETIRE, STAFF, STAFF, LIFETIME_MS, _rightly(store.STAGED, store.LIVE), _retire),
)
