"""The commands `chappe operator …`: staff, for whoever owns the machine. Each change is in the audit log."""

from cyclopts import App

from chappe.cli_where import Where, fulfil, settings_of
from chappe.operators.machine import REASON, Grant, ListStaff, Revoke, Staff

app = App(
    name="operator", help="Staff and their roles, for whoever owns the machine. Works while it runs, and when not."
)


@app.command(name="list")
def list_staff(*, where: Where | None = None) -> None:
    """Print everybody on staff: user id, roles, languages."""
    _print(fulfil(ListStaff(), Staff, settings_of(where)))


@app.command
def grant(name: str, role: str, *, reason: str = REASON, where: Where | None = None) -> None:
    """Give a role to an account that exists.

    Parameters
    ----------
    name
        The user name, or the whole user id.
    role
        owner, administrator, moderator, senior-moderator, child-safety, legal, legal-approver or auditor.
    reason
        Why. It stands in the audit log.
    """
    _print(fulfil(Grant(name, role, reason), Staff, settings_of(where)))


@app.command
def revoke(name: str, role: str, *, reason: str = REASON, where: Where | None = None) -> None:
    """Take a role away. The last owner stays one.

    Parameters
    ----------
    name
        The user name, or the whole user id.
    role
        The role.
    reason
        Why. It stands in the audit log.
    """
    _print(fulfil(Revoke(name, role, reason), Staff, settings_of(where)))


def _print(staff: Staff) -> None:
    for one in staff.people:
        print("\t".join((one.user_id, ", ".join(one.roles) or "no role", " ".join(one.languages))).rstrip())
