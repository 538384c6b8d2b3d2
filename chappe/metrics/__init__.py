"""Figures of a running process, in the text format of Prometheus.

What happens often is counted by whoever does it, in an integer or a `Histogram`; everything else is read when somebody
asks. `Metrics` knows every figure by name, `listen.py` serves them on an address of their own. No figure names a person
or a room. Owns no tables.

A library of its own would be asked on every request: measured, its counters cost more than all of this does.
"""

from chappe.metrics.histogram import Histogram
from chappe.metrics.listen import listening
from chappe.metrics.registry import Kind, Labels, Metrics

__all__ = ["Histogram", "Kind", "Labels", "Metrics", "listening"]
