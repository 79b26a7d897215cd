"""A line between clients and pages that is as bad as asked: late, cut, one-way, slow, talking twice.

python -m faults.proxy LISTEN TARGET SEED SHARES       ports; SHARES is JSON: kind -> share of requests

swallow: the request arrives, its answer is lost. repeat: the request arrives twice. reset: the connection is
reset after some bytes of the answer. cut: some bytes of the request arrive, then nothing. late: two seconds
later. slow: the request trickles in. half_open: the answer never comes, and the connection stays.
Prints at SIGTERM how often each was done.
"""

from __future__ import annotations

import asyncio
import json
import random
import signal
import socket
import struct
import sys
from collections import Counter
from contextlib import suppress

KINDS = ("swallow", "repeat", "reset", "cut", "late", "slow", "half_open")
LATE, HANGING = 2.0, 30.0
LARGEST = 1 << 20


class Line:
    """One bad line. Each connection carries one request, as our clients send them."""

    def __init__(self, target: int, shares: dict[str, float], seed: int) -> None:
        self._target, self._shares = target, shares
        self._chance = random.Random(seed)
        self.done: Counter[str] = Counter()

    async def carry(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        """One connection from its beginning to its end."""
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.TimeoutError):
            kind = self._kind()
            request = await _request(near)
            if request:
                self.done[kind] += 1
                await getattr(self, f"_{kind}")(request, back)
        with suppress(OSError):
            back.close()

    def _kind(self) -> str:
        drawn = self._chance.random()
        for kind, share in self._shares.items():
            if drawn < share:
                return kind
            drawn -= share
        return "good"

    async def _ask(self, request: bytes) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._target)
        writer.write(request)
        await writer.drain()
        answer = await reader.read(LARGEST)
        while more := await reader.read(LARGEST):
            answer += more
        writer.close()
        return answer

    async def _good(self, request: bytes, back: asyncio.StreamWriter) -> None:
        back.write(await self._ask(request))
        await back.drain()

    async def _swallow(self, request: bytes, back: asyncio.StreamWriter) -> None:
        await self._ask(request)

    async def _repeat(self, request: bytes, back: asyncio.StreamWriter) -> None:
        first, _ = await asyncio.gather(self._ask(request), self._ask(request))
        back.write(first)
        await back.drain()

    async def _reset(self, request: bytes, back: asyncio.StreamWriter) -> None:
        answer = await self._ask(request)
        back.write(answer[: self._chance.randrange(max(1, len(answer)))])
        await back.drain()
        _set_reset(back)

    async def _cut(self, request: bytes, back: asyncio.StreamWriter) -> None:
        _, writer = await asyncio.open_connection("127.0.0.1", self._target)
        anywhere, at_the_end = (
            self._chance.randrange(1, len(request)),
            len(request) - self._chance.randint(1, 3),
        )
        # Half of a form's last number is a number: what breaks off there looks whole.
        writer.write(request[: self._chance.choice((anywhere, at_the_end))])
        await writer.drain()
        writer.close()

    async def _late(self, request: bytes, back: asyncio.StreamWriter) -> None:
        await asyncio.sleep(LATE)
        await self._good(request, back)

    async def _slow(self, request: bytes, back: asyncio.StreamWriter) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._target)
        pieces = 10
        for place in range(pieces):
            begin, end = len(request) * place // pieces, len(request) * (place + 1) // pieces
            writer.write(request[begin:end])
            await writer.drain()
            await asyncio.sleep(LATE / pieces)
        while more := await reader.read(LARGEST):
            back.write(more)
        writer.close()

    async def _half_open(self, request: bytes, back: asyncio.StreamWriter) -> None:
        await self._ask(request)
        await asyncio.sleep(HANGING)


async def _request(near: asyncio.StreamReader) -> bytes:
    """A whole request; told to close its connection, so that the end of the answer is its end."""
    head = await asyncio.wait_for(near.readuntil(b"\r\n\r\n"), HANGING)
    length = 0
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    first, _, rest = head.partition(b"\r\n")
    return first + b"\r\nConnection: close\r\n" + rest + await near.readexactly(length)


def _set_reset(back: asyncio.StreamWriter) -> None:
    sock = back.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


async def _main(listen: int, target: int, seed: int, shares: dict[str, float]) -> None:
    line = Line(target, shares, seed)
    end = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, end.set)
    server = await asyncio.start_server(line.carry, "127.0.0.1", listen)
    print("ready", flush=True)
    await end.wait()
    server.close()
    print(json.dumps(line.done), flush=True)


if __name__ == "__main__":
    _listen, _target, _seed, _shares = sys.argv[1:]
    asyncio.run(_main(int(_listen), int(_target), int(_seed), json.loads(_shares)))
