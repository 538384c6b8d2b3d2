"""The roles of staff."""

from enum import Enum

import msgspec

from chappe.ids import UserID


class Role(Enum):
    """What somebody on staff is for. `rules.py` says who grants which, and which exclude each other."""

    OWNER = "owner"
    ADMINISTRATOR = "administrator"
    MODERATOR = "moderator"
    SENIOR_MODERATOR = "senior moderator"
    CHILD_SAFETY = "child safety"
    LEGAL = "legal"
    LEGAL_APPROVER = "legal approver"
    AUDITOR = "auditor"

    @property
    def word(self) -> str:
        """Its key among the words of pages."""
        return f"role_{self.value.replace(' ', '_')}"


class Operator(msgspec.Struct, frozen=True):
    """Somebody on staff, with the roles they have now and the languages they can work in."""

    user_id: UserID
    roles: frozenset[Role]
    languages: tuple[str, ...] = ()

    def has(self, *roles: Role) -> bool:
        """Whether they have one of the roles; without any named, whether they have any at all."""
        return bool(self.roles & set(roles)) if roles else bool(self.roles)
