"""What a client asks before it knows anything: versions, capabilities, where the server is. Owns no tables."""

from chappe.discovery.routes import routes

__all__ = ["routes"]
