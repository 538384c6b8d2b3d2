"""GET /sync: what changed for a device, and waiting for it. Owns no tables."""

from chappe.sync.routes import routes

__all__ = ["routes"]
