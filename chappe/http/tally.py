"""How many requests of each route were answered, how, and how fast."""

from chappe.metrics import Histogram, Labels


class _RouteTally:
    __slots__ = ("by_class", "took")

    def __init__(self) -> None:
        self.by_class = [0] * 10
        """By the first digit of the status."""
        self.took = Histogram()


class Tally:
    """Counts every answer. Routes are templates, so that there are few and none names a person or a room."""

    def __init__(self) -> None:
        self._routes: dict[str, _RouteTally] = {}

    def count(self, route: str, status: int, seconds: float) -> None:
        """One more answer."""
        tally = self._routes.get(route)
        if tally is None:
            tally = self._routes[route] = _RouteTally()
        tally.by_class[status // 100] += 1
        tally.took.observe(seconds)

    def answers(self) -> list[tuple[Labels, float]]:
        """How many there were of each route and class of status."""
        return [
            ({"route": route, "status": f"{first}xx"}, count)
            for route, tally in self._routes.items()
            for first, count in enumerate(tally.by_class)
            if count
        ]

    def durations(self) -> list[tuple[Labels, Histogram]]:
        """How long they took, by route."""
        return [({"route": route}, tally.took) for route, tally in self._routes.items()]
