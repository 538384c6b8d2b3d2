"""What a client asks before it knows anything, or once in a while: versions, capabilities, where the server is.

`routes.py` versions, capabilities, well-known, and a page for people · `calls.py` TURN servers · `support.py` whom
to turn to, and bridged networks. Owns no tables.
"""

from chappe.discovery.calls import routes as _calls
from chappe.discovery.routes import Capabilities
from chappe.discovery.routes import routes as _routes
from chappe.discovery.support import routes as _support
from chappe.http import Routes

routes = Routes(_routes, _calls, _support)

__all__ = ["Capabilities", "routes"]
