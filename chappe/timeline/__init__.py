"""What is said in a room: sending, redacting, history, receipts, typing, and who may see it.

`send.py` `redact.py` `receipts.py` `fully_read.py`: the acts · `visible.py` who may see which events (every read
goes through it) · `pages.py` walking through history · `messages.py` `context.py` `peek.py` what clients read ·
`relations.py` `thread_list.py` what relates to an event, and a room's threads · `by_time.py` the event at a time ·
`unsigned.py` what is told besides an event · `aggregations.py` what relates to it, told with it · `unread.py` what
somebody has not read, thread by thread · `ignoring.py` whom somebody ignores · `filters.py` `event_fields.py` pure ·
`typing.py` in memory only · `threads.py` to which thread an event belongs · `store….py` all SQL · `routes….py` the
endpoints.

Tables, in the room's shard: receipt. It also rewrites `event` and fills `redacted_original`, which rooms own.
"""

from chappe.holds import Eraser
from chappe.timeline.redact import ORIGINAL, Redacted, erase_original, erase_originals_before
from chappe.timeline.routes import routes
from chappe.timeline.store_relations import latest_edit
from chappe.timeline.visible import Viewer, Withholding, require_sight, require_visible

ERASERS: dict[str, Eraser] = {ORIGINAL: erase_original}

__all__ = [
    "ERASERS",
    "Redacted",
    "Viewer",
    "Withholding",
    "erase_originals_before",
    "latest_edit",
    "require_sight",
    "require_visible",
    "routes",
]
