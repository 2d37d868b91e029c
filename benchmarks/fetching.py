"""What one conditional GET of an unchanged feed costs: ours, httpx as it comes, and a bare socket as the floor.

Run from the root: `.venv/bin/python benchmarks/fetching.py`. A server process on loopback answers 304; each GET goes to
a host of its own (127.1.x.y), as on the real web. CPU time of this process per GET, median of the rounds, interleaved.
"""

import asyncio
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import httpx

from monitor.app.environment import clock
from monitor.sources.http.client import Fetcher
from monitor.sources.http.exchange import Limits

ROUNDS = 3
GETS = 600
TOGETHER = (16, 300)
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
    told: dict[str, float] = {}
    told["a bare socket"] = await cpu(bare, port, together)
    async with Fetcher(user_agent="b", clock=clock, allow_private=True, limits=Limits()) as fetcher:
        told["Fetcher"] = await cpu(lambda url: fetcher.get(url, etag='"1"'), port, together)
    few = httpx.Limits(max_connections=None, max_keepalive_connections=0)
    async with httpx.AsyncClient(limits=few, timeout=60) as client:
        told["httpx, no keep-alive"] = await cpu(lambda url: client.get(url, headers=HEADERS), port, together)
    async with httpx.AsyncClient(limits=httpx.Limits(max_connections=None), timeout=60) as client:
        told["httpx as it comes"] = await cpu(lambda url: client.get(url, headers=HEADERS), port, together)
    return told


def main() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(8_192, most), most))
    server = subprocess.Popen([sys.executable, "-c", SERVER], stdout=subprocess.PIPE, text=True)
    assert server.stdout
    try:
        port = server.stdout.readline().strip()
        for together in TOGETHER:
            rounds = [asyncio.run(measure(port, together)) for _ in range(ROUNDS)]
            for name in rounds[0]:
                microseconds = statistics.median(told[name] for told in rounds)
                print(f"{together:4} at once  {name:22} {microseconds:6.0f} µs")
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
