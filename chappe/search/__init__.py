"""Finding messages by their words. Client-Server API v1.19, "Server Side Search".

`search.py` one search and its answer · `query.py` what is asked for, pure · `page.py` which messages are found, and in
which order · `words.py` `said.py` the words of a text, and the text of an event, pure · `reader.py` follows the log and
learns words · `forget.py` what is redacted · `store.py` all SQL · `routes.py` the endpoint.

Table, in the room's shard: search_word.
"""

from chappe.search.forget import forget_redacted
from chappe.search.reader import search_reader
from chappe.search.routes import routes

__all__ = ["forget_redacted", "routes", "search_reader"]
