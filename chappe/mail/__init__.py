"""Letters to people: made from templates, queued with the act that causes them, sent until they arrive.

A *letter* is a template with its values; queued, it is a *mail*: the finished message and whom it goes to. A mail
that the act's commit made durable is sent at least once; after a crash at the wrong moment a second time, with the
same Message-ID. A relay's refusal for good (5xx) is noted as a *bounce* of the address; reports of failed delivery
that come later, as mail, are not read: nothing here receives mail.

`post.py` queueing, with its limits · `letters.py` templates · `address.py` what an address is · `postman.py` sending
· `signing.py` DKIM · `store.py` all SQL. `postman.py` is imported by who starts it: only a server that has a relay
needs the SMTP client. Tables, in the register: outgoing_mail, bounced_address.
"""

from chappe.mail.address import Address, parse_address
from chappe.mail.letters import LANGUAGES, Letter, Section
from chappe.mail.post import Mails, post, queue, require_on, tell
from chappe.stream import Effect

EFFECTS: dict[str, Effect] = {"mail.queue": queue}

__all__ = [
    "EFFECTS",
    "LANGUAGES",
    "Address",
    "Letter",
    "Mails",
    "Section",
    "parse_address",
    "post",
    "require_on",
    "tell",
]
