"""What is redacted is not found any more: its words go in the commit that takes its content."""

from chappe.rooms import StoredEvent
from chappe.search import store
from chappe.search.said import is_searched, replaced_by, text_of
from chappe.search.words import words_of
from chappe.stream import Transaction


async def forget_redacted(tx: Transaction, event: StoredEvent) -> None:
    """Called when an event is redacted. A message whose last edit is redacted is found by what it says without it."""
    if not is_searched(event):
        return
    store.forget_words(tx, [event.place])
    edited = await store.edited_by(tx, event.place) if replaced_by(event) is not None else None
    if edited is not None:
        said = await store.last_edit(tx, edited.place, event.place) or edited
        words = words_of(text_of(said)) if said.redacted_by is None else []
        store.put_words(tx, edited.room_id, edited.place, words, said.place, anew=True)
