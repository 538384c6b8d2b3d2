"""Routes, requests, limits, and how answers and refusals look on the wire.

A slice declares its endpoints with `Routes`; `Application` answers requests with them; `server.py` puts
the application on the network, `asgi.py` into a test. A *limit* is either a size or a time (`limits.py`), or a
rate (`rate.py`). Owns no tables.
"""

from typing import Final

from chappe.config import Rate
from chappe.http.answer import JSON, Answer, RawJSON, Streamed
from chappe.http.application import Application, Authenticator
from chappe.http.limits import Bounds
from chappe.http.rate import Limit, RateLimits, rates_from
from chappe.http.request import Request
from chappe.http.routes import Auth, JSONObject, Route, Routes

DEVICE: Final = Auth.DEVICE
GUEST: Final = Auth.GUEST
OPTIONAL: Final = Auth.OPTIONAL
NOBODY: Final = Auth.NOBODY

__all__ = [
    "DEVICE",
    "GUEST",
    "JSON",
    "NOBODY",
    "OPTIONAL",
    "Answer",
    "Application",
    "Auth",
    "Authenticator",
    "Bounds",
    "JSONObject",
    "Limit",
    "Rate",
    "RateLimits",
    "RawJSON",
    "Request",
    "Route",
    "Routes",
    "Streamed",
    "rates_from",
]
