"""Requests to addresses that somebody else chose: push gateways, and pages that links lead to.

Whoever may name an address to a server could make it call whatever only the server reaches. So the addresses of a host
name are looked at when it is connected to, and the connection goes to the address that was looked at: a name that
answers differently a moment later changes nothing. Nobody inside a private network is reached, unless the operator
allows that network.

`addresses.py` which addresses may be connected to, pure · `names.py` looking names up · `answers.py` what comes back,
pure · `connections.py` the connections; import it with the first use, for what speaks TLS takes a while to load.
Owns no tables.
"""

from chappe.outside.addresses import in_networks, is_outside
from chappe.outside.answers import Answered, Garbled

__all__ = ["Answered", "Garbled", "in_networks", "is_outside"]
