"""The CPU of cached responses, compared with a bare ASGI app that sends the same bytes.

The bare app runs on the same uvicorn, with the same event loop and parser, and gets the same
requests over one kept-alive connection. It ignores the path, has no metrics and sends two headers.
The service has its metrics and request ids on.
"""

import http.client
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from benchmarks import servers, service_load
from benchmarks.measurements import Measurement, divide, interleave
from benchmarks.servers import Server

# The goal is 0.7 of the requests that the bare app answers with the same CPU.
MAX_RATIO = 1 / 0.7
REQUESTS = service_load.scale_count(5_000)
BARE_APP = """
BODY = open({body!r}, "rb").read()
HEADERS = [(b"content-type", b"application/json"), (b"content-length", str(len(BODY)).encode())]

async def app(scope, receive, send):
    await send({{"type": "http.response.start", "status": 200, "headers": HEADERS}})
    await send({{"type": "http.response.body", "body": BODY}})
"""


def measure() -> Iterator[Measurement]:
    """Yield the ratio for the exercises and for a repeated programme."""
    with (
        tempfile.TemporaryDirectory() as folder,
        servers.run_pushoff(f"sqlite:///{folder}/bench.db") as server,
    ):
        program_id = json.loads(_fetch(server, "POST", "/programs", b"{}"))["program_id"]
        yield _measure_path("GET /exercises", server, "/exercises", Path(folder))
        path = f"/programs/{program_id}"
        yield _measure_path("repeated GET /programs/{id}", server, path, Path(folder))


def _measure_path(name: str, server: Server, path: str, folder: Path) -> Measurement:
    """Return the CPU of a repeated request as a multiple of the bare app's."""
    body = folder / "body.json"
    body.write_bytes(_fetch(server, "GET", path))
    (folder / "bare.py").write_text(BARE_APP.format(body=str(body)), encoding="utf-8")
    options = ["--app-dir", str(folder), "--lifespan", "off"]
    with servers.run_uvicorn("bare:app", *options, ready="/") as bare:
        ours, theirs = interleave(
            lambda: _request_cpu_s(server, path), lambda: _request_cpu_s(bare, "/")
        )
    detail = f"{median(ours) * 1e6:.0f} µs against {median(theirs) * 1e6:.0f} µs"
    return Measurement(name, divide(ours, theirs), MAX_RATIO, "x bare ASGI", detail=detail)


def _request_cpu_s(server: Server, path: str) -> float:
    """Return the seconds of a server's CPU for one request."""
    process, port = server
    connection = http.client.HTTPConnection("127.0.0.1", port)

    def send(times: int) -> None:
        for _ in range(times):
            connection.request("GET", path)
            response = connection.getresponse()
            response.read()
            if response.status != 200:
                raise RuntimeError(f"{path} answered {response.status}")

    send(100)
    before = servers.read_cpu_s(process.pid)
    send(REQUESTS)
    return (servers.read_cpu_s(process.pid) - before) / REQUESTS


def _fetch(server: Server, method: str, path: str, body: bytes | None = None) -> bytes:
    """Return the body of one response."""
    connection = http.client.HTTPConnection("127.0.0.1", server[1])
    connection.request(method, path, body, {"Content-Type": "application/json"})
    return connection.getresponse().read()
