"""What must not be destroyed, and until when. Every deletion of what people said or are goes through `erase`.

An authority may order that data be kept, and the law gives some data a term. Slices that own data name how
each kind of it is erased; a hold on it puts the erasure off until the hold is released. Table: put_off.
"""

from chappe.holds.erase import Erased, Eraser, HoldCheck, Holds, erase
from chappe.holds.finish import finish_all, finish_hourly

__all__ = ["Erased", "Eraser", "HoldCheck", "Holds", "erase", "finish_all", "finish_hourly"]
