"""The web client as the server sees it: files that `client/` was built into, sent to browsers as they are.

`files.py` which files there are, found once when the server starts; nothing else is ever sent, whatever a path says ·
`routes.py` their addresses and headers, and what stands at / where there is no client · `policy.py` what a browser may
do on our pages. The files are in `files/`: made by `make install`, never committed, and part of the wheel. No tables.
"""

from chappe.web.files import WebClient
from chappe.web.routes import routes

__all__ = ["WebClient", "routes"]
