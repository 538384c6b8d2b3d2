"""Who writes rules and protects rooms, and who may make a rule act."""

from chappe.operators import Role

STAFF = frozenset({Role.OWNER, Role.MODERATOR, Role.SENIOR_MODERATOR})
APPROVERS = frozenset({Role.OWNER, Role.SENIOR_MODERATOR})
