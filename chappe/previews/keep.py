"""Keeping a preview, and forgetting it: the acts, in the shard of its address's digest."""

from chappe.previews import store
from chappe.previews.store import Preview
from chappe.stream import Transaction


async def keep_preview(tx: Transaction, device: object, preview: Preview) -> None:
    """Keep a preview in the place of an older one. The picture of that one is removed by the sweep."""
    store.keep(tx, preview)


async def forget_preview(tx: Transaction, device: object, digest: str, until: int) -> None:
    """Forget a preview, unless it was made anew meanwhile."""
    store.forget(tx, digest, until)
