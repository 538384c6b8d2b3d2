"""The one place that says whether somebody on staff may do something: `require`."""

from chappe import accounts
from chappe.operators import store
from chappe.operators.roles import Operator, Role
from chappe.operators.rules import StaffRefused


async def require(source: store.Fetches, now: int, user_id: str, *roles: Role) -> Operator:
    """Somebody on staff, who has one of the roles; without any named, any role.

    Refuses FORBIDDEN all others, and those whose account is locked, suspended or otherwise restricted, or has ended.
    """
    found = await store.operator(source, now, user_id)
    if not await accounts.is_in_good_standing(source, now, found.user_id) or not found.has(*roles):
        if not roles or not found.roles:
            raise StaffRefused("refused_not_staff", "Only staff of this server may do this.")
        wanted = " or ".join(sorted(role.value for role in roles))
        raise StaffRefused("refused_lacks_role", f"This needs the role {wanted}.")
    return found
