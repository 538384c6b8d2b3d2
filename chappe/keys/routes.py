"""Matrix HTTP for the keys of devices and people (Client-Server API v1.19, "End-to-End Encryption")."""

from chappe.http import Routes

routes = Routes()
