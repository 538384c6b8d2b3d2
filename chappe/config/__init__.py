"""The settings: one tree of frozen dataclasses, read once when the process starts, and then passed in.

What stands later wins: the defaults in `tree.py`, the TOML file of `--config`, the variables `CHAPPE_…`,
the flags of the command line. Everything wrong is named at once. The sample file and the reference page
are made from the same tree.

`tree.py` every setting · `tables.py` `transparency.py` those that are tables · `kinds.py` `addresses.py` what a
value may be · `reading.py` from the sources to `Settings` · `toml_lines.py` on which line a key stands · `pages.py` the
sample file and the reference page
"""

from chappe.config.pages import reference_page, sample_file
from chappe.config.reading import Mistake, WrongSettings, load
from chappe.config.tables import Mail, Rate, Terms
from chappe.config.transparency import Transparency
from chappe.config.tree import RATE_LIMIT_NAMES, Registration, Settings

__all__ = [
    "RATE_LIMIT_NAMES",
    "Mail",
    "Mistake",
    "Rate",
    "Registration",
    "Settings",
    "Terms",
    "Transparency",
    "WrongSettings",
    "load",
    "reference_page",
    "sample_file",
]
