"""Pieces of a body are asked for ahead: in order, boundedly, and only of what works by itself."""

import asyncio
from collections.abc import Awaitable

import pytest

from chappe.http.ahead import PIECES_AHEAD, Ahead, Message

pytestmark = pytest.mark.anyio


def piece(number: int) -> Message:
    return {"type": "http.request", "body": bytes([number]), "more_body": True}


class Server:
    """Answers in the order in which it was asked, when it is told to."""

    def __init__(self) -> None:
        self.asked: list[asyncio.Future[Message]] = []
        self.answered = 0

    def receive(self) -> "asyncio.Future[Message]":
        self.asked.append(asyncio.get_running_loop().create_future())
        return self.asked[-1]

    def answer(self, pieces: int) -> None:
        for _ in range(pieces):
            self.asked[self.answered].set_result(piece(self.answered))
            self.answered += 1


async def test_several_pieces_are_asked_for_at_once_and_come_in_order() -> None:
    server = Server()
    ahead = Ahead(server.receive)
    first = asyncio.ensure_future(ahead())
    await asyncio.sleep(0)
    assert len(server.asked) == PIECES_AHEAD
    server.answer(5)
    got = [await first, *[await ahead() for _ in range(4)]]
    assert [message["body"] for message in got] == [bytes([number]) for number in range(5)]
    assert len(server.asked) == PIECES_AHEAD  # what has come is taken first
    waiting = asyncio.ensure_future(ahead())
    await asyncio.sleep(0)
    assert len(server.asked) - server.answered == PIECES_AHEAD
    server.answer(1)
    assert (await waiting)["body"] == b"\x05"
    ahead.close()
    assert all(each.cancelled() for each in server.asked[server.answered :])


async def test_what_only_works_when_it_is_waited_for_is_asked_for_once() -> None:
    asked = 0

    def receive() -> Awaitable[Message]:
        async def answer() -> Message:
            return piece(asked)

        nonlocal asked
        asked += 1
        return answer()

    ahead = Ahead(receive)
    for number in range(1, 4):
        assert (await ahead())["body"] == bytes([number])
        assert asked == number
    ahead.close()
