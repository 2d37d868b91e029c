"""What one conditional GET of an unchanged feed costs, layer by layer; httpx as it comes; a bare socket as the floor.

Run from the root: `.venv/bin/python benchmarks/fetching.py`. A server process on loopback answers 304; each GET goes to
a host of its own (127.1.x.y), as on the real web. CPU time of this process per GET, median of the rounds, interleaved;
in brackets: times that of our transport alone.
"""

import asyncio
import resource
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import httpx

from monitor.app.environment import clock
from monitor.sources.http.byte_budget import ByteBudget
from monitor.sources.http.client import Fetcher
from monitor.sources.http.exchange import HttpClient, Limits
from monitor.sources.http.transport import Route, Transport

ROUNDS = 5
GETS = 600
TOGETHER = (16, 300)
OURS = "our transport"
HEADERS = {"if-none-match": '"1"'}
SERVER = """
import asyncio, sys
ANSWER = b'HTTP/1.1 304 Not Modified\\r\\netag: "1"\\r\\ncache-control: max-age=300\\r\\n\\r\\n'
class Answering(asyncio.Protocol):
    def connection_made(self, transport): self.transport = transport
    def data_received(self, data):
        if data.endswith(b"\\r\\n\\r\\n"): self.transport.write(ANSWER)
async def main():
    server = await asyncio.get_running_loop().create_server(Answering, "0.0.0.0", 0, backlog=2000)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()
asyncio.run(main())
"""

Get = Callable[[str], Awaitable[object]]


async def bare(url: str) -> None:
    host, _, port = url.split("/")[2].partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(b'GET /rss HTTP/1.1\r\nhost: x\r\nif-none-match: "1"\r\n\r\n')
    await reader.readuntil(b"\r\n\r\n")
    writer.close()


async def cpu(get: Get, port: str, together: int) -> float:
    """Microseconds per GET."""
    urls = iter([f"http://127.1.{n // 250}.{n % 250 + 1}:{port}/rss" for n in range(GETS)])

    async def go_on() -> None:
        for url in urls:
            await get(url)

    began = time.process_time()
    await asyncio.gather(*(go_on() for _ in range(together)))
    return (time.process_time() - began) / GETS * 1e6


async def measure(port: str, together: int) -> dict[str, float]:
    """Microseconds per GET of each way, one after the other."""
    costs = {"a bare socket": await cpu(bare, port, together)}
    transport = Transport(allow_private=True, lookup=socket.getaddrinfo, most=1 << 24)
    async with transport:
        costs[OURS] = await cpu(partial(driven_directly, transport), port, together)
    client = HttpClient(user_agent="b", allow_private=True, lookup=socket.getaddrinfo, limits=Limits())
    with ByteBudget(1 << 24).allowance() as allowance:
        costs["a client over it"] = await cpu(
            lambda url: client.get(httpx.URL(url), {b"if-none-match": b'"1"'}, Route(), allowance), port, together
        )
    await client.close()
    async with Fetcher(user_agent="b", clock=clock, allow_private=True) as fetcher:
        costs["Fetcher, all in all"] = await cpu(lambda url: fetcher.fetch_if_modified(url, etag='"1"'), port, together)
    few = httpx.Limits(max_connections=None, max_keepalive_connections=0)
    async with httpx.AsyncClient(limits=few, timeout=60) as plain:
        costs["httpx, no keep-alive"] = await cpu(lambda url: plain.get(url, headers=HEADERS), port, together)
    async with httpx.AsyncClient(limits=httpx.Limits(max_connections=None), timeout=60) as plain:
        costs["httpx as it comes"] = await cpu(lambda url: plain.get(url, headers=HEADERS), port, together)
    return costs


async def driven_directly(transport: Transport, url: str) -> None:
    extensions = {"route": Route(), "timeout": httpx.Timeout(60).as_dict()}
    request = httpx.Request("GET", url, headers=HEADERS, extensions=extensions)
    response = await transport.handle_async_request(request)
    await response.aclose()


def main() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(8_192, most), most))
    server = subprocess.Popen([sys.executable, "-c", SERVER], stdout=subprocess.PIPE, text=True)
    assert server.stdout
    try:
        port = server.stdout.readline().strip()
        for together in TOGETHER:
            rounds = [asyncio.run(measure(port, together)) for _ in range(ROUNDS)]
            costs = {name: statistics.median(costs[name] for costs in rounds) for name in rounds[0]}
            for name, microseconds in costs.items():
                print(f"{together:4} at once  {name:22} {microseconds:6.0f} µs ({microseconds / costs[OURS]:.2f}x)")
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
