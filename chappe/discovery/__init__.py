"""What a client asks before it knows anything: versions, capabilities, where the server is. Owns no tables."""

from chappe.discovery.routes import routes as ROUTES  # noqa: N812

__all__ = ["ROUTES"]
