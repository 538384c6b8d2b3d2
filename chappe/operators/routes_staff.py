"""The page of all staff, with the forms by which roles are granted and revoked."""

from chappe.accounts import user_id_at_login
from chappe.config import Settings
from chappe.errors import Errcode
from chappe.http import Answer, Routes
from chappe.ids import UserID
from chappe.operators import console, grant, rules, store
from chappe.operators.console import Visit
from chappe.operators.roles import Role
from chappe.operators.rules import StaffRefused
from chappe.storage import Database

routes = Routes()


@console.get(routes, "staff")
async def get_staff(visit: Visit) -> Answer:
    """Who is on staff, with which roles and languages."""
    database = visit.request.of(Database)
    people: dict[str, list[store.Held]] = {}
    for one in await store.everybody(database, visit.now):
        people.setdefault(one.user_id, []).append(one)
    return visit.page(
        "operators/staff.html",
        people=people,
        languages={user_id: await store.languages(database, user_id) for user_id in people},
        grantable=[role for role in Role if role in rules.grantable_by(visit.operator.roles)],
    )


@console.post(routes, "staff/grant", *grant.RUNS_THE_SERVER)
async def post_grant(visit: Visit) -> Answer:
    """Grant a role."""
    await visit.call(grant.grant, _named(visit), _role(visit), visit.form.get("reason", ""))
    return visit.back_to("staff", "done_granted")


@console.post(routes, "staff/revoke", *grant.RUNS_THE_SERVER)
async def post_revoke(visit: Visit) -> Answer:
    """Revoke a role."""
    await visit.call(grant.revoke, _named(visit), _role(visit), visit.form.get("reason", ""))
    return visit.back_to("staff", "done_revoked")


def _named(visit: Visit) -> UserID:
    """The account that a form names."""
    found = user_id_at_login(visit.form.get("name", "").strip(), visit.request.of(Settings).server_name)
    if found is None:
        reason = "There is no such account here that could be used."
        raise StaffRefused("refused_no_account", reason, Errcode.NOT_FOUND)
    return found


def _role(visit: Visit) -> str:
    return rules.parse_role(visit.form.get("role", "")).value
