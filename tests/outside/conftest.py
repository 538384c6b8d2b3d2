"""A server to call: the push gateway of the tests of push."""

from tests.push.conftest import gateway

__all__ = ["gateway"]
