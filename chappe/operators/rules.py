"""Who may grant what, which roles exclude each other, and who may be the second person. Pure."""

import re
from collections.abc import Iterable

from chappe.errors import Errcode, Refused
from chappe.operators.roles import Operator, Role

MAX_LANGUAGES = 20
MAX_REASON_CHARS = 2_000

GRANTS: dict[Role, frozenset[Role]] = {
    Role.OWNER: frozenset(Role),
    Role.ADMINISTRATOR: frozenset({Role.MODERATOR, Role.SENIOR_MODERATOR}),
}
"""Who grants and revokes which roles. What decides over people, law and the log is the owners' alone: an administrator
makes accounts, and could else give such a role to one of their own."""

_APART = [(Role.ADMINISTRATOR, other) for other in (Role.CHILD_SAFETY, Role.LEGAL, Role.LEGAL_APPROVER)]
EXCLUDES: dict[Role, frozenset[Role]] = {
    role: frozenset(
        {other for pair in _APART if role in pair for other in pair if other is not role}
        | ({Role.AUDITOR} if role is not Role.AUDITOR else set(Role) - {Role.AUDITOR})
    )
    for role in Role
}
"""Roles that nobody has together. Who runs the machines sees neither sealed material nor orders (R35, R111); who audits
does nothing else (R141)."""

BREAK_GLASS = frozenset({Role.MODERATOR, Role.SENIOR_MODERATOR, Role.LEGAL, Role.AUDITOR})
"""What two people may give for some hours: not what needs training, lasting power, or what would let one be two."""
MAX_BREAK_GLASS_HOURS = 8

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8}){0,3}")


class StaffRefused(Refused):
    """A refusal that pages tell in the language of their reader, by its key among their words."""

    def __init__(self, word: str, reason: str, code: Errcode = Errcode.FORBIDDEN, **told: object) -> None:
        """`told`: what stands in the braces of the word."""
        super().__init__(code, reason)
        self.word = word
        self.told = told


def parse_role(text: str) -> Role:
    """The role of that name. Refuses others, and says which there are."""
    try:
        return Role(text.strip().lower().replace("_", " ").replace("-", " "))
    except ValueError:
        known = ", ".join(role.value for role in Role)
        raise StaffRefused(
            "refused_role", f"There is no such role. There are: {known}.", Errcode.INVALID_PARAM
        ) from None


def parse_languages(text: str) -> list[str]:
    """Languages as people write them: `fr, pt-BR`."""
    found = sorted({part.strip().lower() for part in text.replace(",", " ").split()})
    if len(found) > MAX_LANGUAGES or not all(_LANGUAGE.fullmatch(language) for language in found):
        reason = f"Languages are codes such as en, fr or pt-BR, at most {MAX_LANGUAGES}."
        raise StaffRefused("refused_languages", reason, Errcode.INVALID_PARAM)
    return found


def grantable_by(roles: Iterable[Role]) -> frozenset[Role]:
    """What somebody with these roles grants and revokes."""
    return frozenset(granted for role in roles for granted in GRANTS.get(role, ()))


def require_may_grant(actor: Operator, role: Role, user_id: str) -> None:
    """Refuse whoever grants or revokes what is not theirs to, and everybody who would do so to themselves."""
    if role not in grantable_by(actor.roles):
        raise StaffRefused("refused_grant", f"The role {role.value} is not yours to grant or revoke.")
    if actor.user_id == user_id:
        raise StaffRefused("refused_self", "Nobody grants roles to themselves, or revokes their own.")


def require_compatible(held: frozenset[Role], role: Role) -> None:
    """Refuse a role that excludes one that somebody has."""
    for other in sorted(EXCLUDES[role] & held, key=lambda each: each.value):
        raise StaffRefused("refused_together", f"Nobody is {role.value} and {other.value} at once.")


def require_reason(reason: str) -> str:
    """The reason that was given, without spaces around it. Refuses none, and what is too long."""
    reason = reason.strip()
    if not 0 < len(reason) <= MAX_REASON_CHARS or "\0" in reason:
        text = f"Say why, in at most {MAX_REASON_CHARS} characters."
        raise StaffRefused("refused_reason", text, Errcode.INVALID_PARAM)
    return reason
