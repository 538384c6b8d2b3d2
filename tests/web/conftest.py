"""A server as a process, for browsers to talk to: the one that other stories have."""

from tests.scenarios.conftest import server

__all__ = ["server"]
