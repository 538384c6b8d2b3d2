"""An event as push rules see it: the same for everybody whose rules are asked. Pure."""

from functools import lru_cache

from chappe.push.ruleset import JSON

MAX_MATCHED_CHARS = 4_096
"""How much of a text patterns are matched with: its beginning."""
DEFAULT_NOTIFICATION_LEVEL = 50
MAX_PATHS = 4_096

_ABSENT = object()


class Look:
    """One event, and what the rules need to know of its room. What was looked up once is remembered."""

    __slots__ = ("_event", "_lists", "_notifications", "_sender_power", "_texts", "joined")

    def __init__(self, event: JSON, joined: int, sender_power: int, notifications: object) -> None:
        """`joined` people are in the room; `notifications` is from its power levels, whatever it may be."""
        self._event = event
        self._sender_power = sender_power
        self._notifications = notifications if isinstance(notifications, dict) else {}
        self._texts: dict[str, str | None] = {}
        self._lists: dict[str, frozenset[tuple[type, object]]] = {}
        self.joined = joined

    def value_at(self, key: str) -> object:
        """The value of a property by its dot-separated path; something unlike any JSON if there is none."""
        value: object = self._event
        for word in path_of(key):
            if not isinstance(value, dict) or word not in value:
                return _ABSENT
            value = value[word]
        return value

    def text_at(self, key: str) -> str | None:
        """The beginning of a text property in small letters; None if there is none, or it is no text."""
        if key in self._texts:
            return self._texts[key]
        value = self.value_at(key)
        text = self._texts[key] = value[:MAX_MATCHED_CHARS].lower() if isinstance(value, str) else None
        return text

    def list_has(self, key: str, value: object) -> bool:
        """Whether a property is a list with this value, which is text, a whole number, truth or null.

        The list is gone through once, however many rules ask.
        """
        found = self._lists.get(key)
        if found is None:
            given = self.value_at(key)
            plain = (one for one in given if isinstance(one, str | int | None)) if isinstance(given, list) else ()
            found = self._lists[key] = frozenset((type(one), one) for one in plain)
        return (type(value), value) in found

    def may_notify(self, key: str) -> bool:
        """Whether the sender has the power to notify people in this way: `room`."""
        needed = self._notifications.get(key)
        return self._sender_power >= (needed if type(needed) is int else DEFAULT_NOTIFICATION_LEVEL)


@lru_cache(maxsize=MAX_PATHS)
def path_of(key: str) -> tuple[str, ...]:
    """The property names of a path; a backslash escapes dot and backslash.

    Appendices, "Dot-separated property paths".
    """
    words, word, i = [], "", 0
    while i < len(key):
        if key[i] == "\\" and key[i + 1 : i + 2] in ("\\", "."):
            word += key[i + 1]
            i += 2
        elif key[i] == ".":
            words.append(word)
            word = ""
            i += 1
        else:
            word += key[i]
            i += 1
    return (*words, word)
