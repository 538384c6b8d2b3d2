"""What rules are about. Whoever deals with their hits names the words, and knows which category and term each is."""


class Topics(tuple[str, ...]):
    """The words. `app.py` gives them."""

    __slots__ = ()
