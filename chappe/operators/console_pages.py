"""Which pages the console has. Each slice names its own; `app.py` puts them together, in the order of the navigation.

A slice with pages has `console.py` with handlers (`operators/console.py:get` and `post`), and beside it a folder
`templates` and a file `words.toml` with all that its pages say, in every language. Its templates extend
"operators/layout.html".
"""

from typing import NamedTuple

from chappe.operators.roles import Operator, Role


class ConsolePage(NamedTuple):
    """A page of the console that stands in the navigation. `path` is below /_chappe/console/; `word` names it, among
    the
    words of its slice; without `roles` it is for everybody on staff."""

    slice: str
    path: str
    word: str
    roles: frozenset[Role] = frozenset()

    def is_for(self, operator: Operator) -> bool:
        """Whether somebody may open it."""
        return operator.has(*self.roles)


class ConsolePages(list[ConsolePage]):
    """All of them."""

    def __init__(self, *pages: ConsolePage) -> None:
        super().__init__(pages)

    def shown_to(self, operator: Operator) -> list[ConsolePage]:
        """The navigation of somebody."""
        return [page for page in self if page.is_for(operator)]

    @property
    def slices(self) -> list[str]:
        """The slices that have pages."""
        return sorted({page.slice for page in self})
