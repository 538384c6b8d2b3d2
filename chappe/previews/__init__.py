"""What a page is about that a link leads to, for clients to show below a message.

The server reads the page, so the operator decides whether it does (`link_previews`), and it does so only at addresses
that anybody may reach (`chappe.outside`). A *preview* is what a page says of itself, and its picture; it is kept for a
day, under a digest of the page's address.

`rules.py` which addresses, and what is told, pure · `fetch.py` getting pages and pictures · `page.py` the program that
reads a page, `reading.py` starts it · `picture.py` the picture of a page · `make.py` one preview · `previews.py` those
that are kept, once for all who ask · `keep.py` the acts · `sweep.py` the end of what is old · `store.py` all SQL ·
`routes.py` the endpoint.

Table, in the shard of the digest: link_preview. Pictures are media that nobody has uploaded.
"""

from chappe.clock import Clock
from chappe.config import Settings
from chappe.media import Decoders, Uploads
from chappe.previews.fetch import Fetcher
from chappe.previews.make import Maker
from chappe.previews.picture import Pictures
from chappe.previews.previews import Previews
from chappe.previews.reading import Reading
from chappe.previews.routes import previews_capability, routes
from chappe.previews.sweep import sweep_hourly
from chappe.resources import Resources
from chappe.storage import Database
from chappe.stream import Bus


def install(resources: Resources, settings: Settings, database: Database, bus: Bus, clock: Clock) -> None:
    """Add what previews keep in memory to `resources`. To be called after media's."""
    fetcher = Fetcher(settings.link_preview_private_networks)
    pictures = Pictures(bus, resources.of(Uploads), resources.of(Decoders))
    resources.add(fetcher)
    resources.add(pictures)
    resources.add(Previews(settings, database, bus, clock, Maker(fetcher, Reading(), pictures), pictures))


__all__ = ["Pictures", "Previews", "install", "previews_capability", "routes", "sweep_hourly"]
