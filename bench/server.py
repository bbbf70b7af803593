"""What durable acceptance costs: `atpath serve`'s application beside the thinnest handler, on one core, in one run.

    python bench/server.py [--seconds 5] [--rounds 3]

The handler is Starlette's: it parses the body and appends it to a file, without syncing. Ours checks and completes
each event, answers once the disk has it, and maps behind that. Both run under the same uvicorn on one core; 64
connections on the other core send the same bodies. The destination does not answer.
"""

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

CONNECTIONS = 64
HERE = Path(__file__).resolve()


def serve_ours(folder: Path) -> None:
    """Run the application with the mapping that ships."""
    from atpath.compiler import load
    from atpath.runtime.bulk import Target
    from atpath.runtime.delivery.deliver import Policy
    from atpath.runtime.serve.server import EventServer
    from atpath.runtime.serve.service import Outlet, Service
    from atpath.runtime.serve.serving import serve

    target = Target("11", "http://127.0.0.1:9")
    outlet = Outlet(
        destination=load("heap", settings={"appId": "11"}),
        target=target,
        policy=Policy(base=target.base, first_wait=300.0),
    )
    serve(EventServer(Service([outlet], folder)), "127.0.0.1", 0, lambda url: print(url, flush=True))


def serve_thin(folder: Path) -> None:
    """Run the handler that only parses and appends."""
    from atpath.runtime.serve.serving import serve
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import JSONResponse
    from starlette.routing import Route

    file = (folder / "events").open("ab")

    async def take(request: Request) -> JSONResponse:
        await request.json()
        file.write(await request.body())
        file.write(b"\n")
        file.flush()
        return JSONResponse({"success": True})

    app = Starlette(routes=[Route("/v1/batch", take, methods=["POST"])])
    serve(app, "127.0.0.1", 0, lambda url: print(url, flush=True))  # type: ignore[arg-type]


def make_body(events: int, number: int) -> bytes:
    """One upload, as a web SDK sends it."""
    batch = [
        {
            "type": "track",
            "messageId": f"node-next-1716{number:06}-{n:04}-2f6a1c9e",
            "anonymousId": f"3f1c2b7e-{(number * 31 + n) % 5000:04}",
            "userId": f"user-{(number * 31 + n) % 5000:04}",
            "event": "Product Added",
            "timestamp": "2024-05-01T09:30:00.000Z",
            "properties": {"product_id": "507f1f77", "name": "Monopoly", "price": 19.99, "quantity": 1},
            "context": {
                "library": {"name": "analytics.js", "version": "2.1.0"},
                "page": {"path": "/shop", "title": "Shop", "url": "https://shop.test/shop", "referrer": ""},
                "userAgent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36",
                "locale": "en-GB",
            },
        }
        for n in range(events)
    ]
    return json.dumps({"batch": batch, "writeKey": "k", "sentAt": "2024-05-01T09:30:01.000Z"}).encode()


async def load(port: int, bodies: Sequence[bytes], seconds: float) -> list[float]:
    """Post over all connections for so long; each reply's latency in seconds."""
    latencies: list[float] = []
    ends = time.perf_counter() + seconds

    async def connection(number: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while (started := time.perf_counter()) < ends:
            body = bodies[number % len(bodies)]
            number += CONNECTIONS
            writer.write(b"POST /v1/batch HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
            head = await reader.readuntil(b"\r\n\r\n")
            if b" 200 " not in head[:20]:
                raise SystemExit(f"the server said {head[:80]!r}")
            length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
            await reader.readexactly(length)
            latencies.append(time.perf_counter() - started)
        writer.close()

    await asyncio.gather(*(connection(n) for n in range(CONNECTIONS)))
    return latencies


def measure(kind: str, events: int, seconds: float) -> tuple[float, float]:
    """Events a second, and the 99th percentile of latency in milliseconds."""
    bodies = [make_body(events, n) for n in range(200)]
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, str(HERE), "--serve", kind, folder]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout is not None
            port = int(server.stdout.readline().rpartition(":")[2])
            asyncio.run(load(port, bodies, 0.5))
            latencies = asyncio.run(load(port, bodies, seconds))
            server.kill()
    return len(latencies) * events / seconds, statistics.quantiles(latencies, n=100)[98] * 1_000


def pin(core: int) -> None:
    """Keep this process on one core, where there are several."""
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cores[core % len(cores)]})


def main() -> None:
    """Measure, in turn, and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--serve", nargs=2, metavar=("KIND", "FOLDER"), help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.serve:
        pin(0)
        {"ours": serve_ours, "thin": serve_thin}[args.serve[0]](Path(args.serve[1]))
        return
    pin(1)
    print(
        f"{CONNECTIONS} connections, medians of {args.rounds}; ours: events on disk; thin: parsed, appended, not synced"
    )
    print(f"{'events a request':>16} {'server':>6} {'events/s':>10} {'p99 ms':>8} {'ratio':>6}")
    for events in (1, 100):
        results: dict[str, list[tuple[float, float]]] = {"thin": [], "ours": []}
        for _ in range(args.rounds):
            for kind, figures in results.items():
                figures.append(measure(kind, events, args.seconds))
        rates = {kind: statistics.median(rate for rate, _ in figures) for kind, figures in results.items()}
        for kind, figures in results.items():
            tail = statistics.median(p99 for _, p99 in figures)
            ratio = f"{rates['ours'] / rates['thin']:.2f}" if kind == "ours" else ""
            print(f"{events:>16} {kind:>6} {rates[kind]:>10,.0f} {tail:>8.1f} {ratio:>6}")


if __name__ == "__main__":
    main()
