"""What a process holds (database, rooms in memory, settings …), found by type.

`app.py` builds each thing once and adds it here; routes and acts ask for what they need by its
class. There is no other way to reach them, and no module-level state.
"""

from typing import TypeVar

T = TypeVar("T")


class Resources:
    """The things of one process, one of each type."""

    def __init__(self) -> None:
        self._by_type: dict[type[object], object] = {}

    def add(self, thing: object, kind: type[object] | None = None) -> None:
        """Hold `thing` under its own class, or under `kind`, a base or protocol it fulfils."""
        key = kind or type(thing)
        assert key not in self._by_type, f"{key.__name__} was added twice"
        self._by_type[key] = thing

    def of(self, kind: type[T]) -> T:
        """The thing of that class."""
        return self._by_type[kind]  # type: ignore[return-value]
