"""Holds the gate in front of the parser, and bodies that do not come, over real sockets."""

import contextlib
import errno
import select
import socket
import ssl
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.client import Json, a_session, new_id
from tests.durability.run_sizes import RecordFigure, read_size
from tests.processes import SECONDS, RunningServer, serving

HEAD_S = 0.5
BODY_S = 0.5
ANSWER_S = 0.5
MOST_BYTES = 32 * 1024
MOST_HEADERS = 100
SLOW = read_size("SLOW_CLIENTS", short=50, long=500)
GET = b"GET /livez HTTP/1.1\r\nHost: x\r\n"
END = b"\r\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    folder = tmp_path_factory.mktemp("guard")
    times = {"head_timeout_s": HEAD_S, "body_timeout_s": BODY_S, "answer_timeout_s": ANSWER_S}
    with serving(folder, **times) as running:
        yield running


@pytest.fixture
def api(server: RunningServer) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {server.key}"}
    with httpx.Client(base_url=server.address, headers=headers, timeout=SECONDS) as client:
        yield client


def connect(server: RunningServer) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), SECONDS)


def receive(connection: socket.socket) -> bytes:
    """All bytes up to the end of the connection."""
    received = b""
    while True:
        try:
            part = connection.recv(65_536)
        except ConnectionResetError:
            # What we still sent was not read any more; what was answered has come before.
            return received
        if not part:
            return received
        received += part


def tell(server: RunningServer, sent: bytes) -> bytes:
    """Everything that is answered, up to the end of the connection."""
    with connect(server) as connection:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(sent)
        return receive(connection)


def read(answer: bytes) -> tuple[int, httpx.Headers, bytes]:
    """One answer and nothing behind it: its status, headers and body."""
    head, _, body = answer.partition(b"\r\n\r\n")
    line, *lines = head.decode("ascii").split("\r\n")
    headers = httpx.Headers(
        [(name, value) for name, _, value in (x.partition(": ") for x in lines)]
    )
    assert line.startswith("HTTP/1.1 ")
    assert len(body) == int(headers["content-length"])
    return int(line.split()[1]), headers, body


def read_problem(answer: bytes) -> tuple[int, str, Json]:
    status, headers, body = read(answer)
    assert headers["content-type"] == "application/problem+json"
    assert headers["connection"] == "close"
    assert headers["x-content-type-options"] == "nosniff"
    problem: Json = httpx.Response(status, content=body).json()
    assert (problem["status"], problem["request_id"]) == (status, headers["x-request-id"])
    return status, problem["type"].removeprefix("/problems/"), problem


def tls_hello() -> bytes:
    """What a client says first that takes this for HTTPS."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = ssl.create_default_context().wrap_bio(incoming, outgoing, server_hostname="x")
    with pytest.raises(ssl.SSLWantReadError):
        client.do_handshake()
    return outgoing.read()


def post(*headers: bytes) -> bytes:
    lines = [b"POST /programs HTTP/1.1", b"Host: x", b"Content-Type: application/json", *headers]
    return b"\r\n".join(lines) + b"\r\n\r\n"


HEADS: dict[str, tuple[bytes, int]] = {
    "no Host": (b"GET /livez HTTP/1.1\r\n\r\n", 400),
    "two Hosts": (GET + b"Host: y\r\n\r\n", 400),
    "the same Host twice": (GET + b"Host: x\r\n\r\n", 400),
    "Content-Length and Transfer-Encoding": (
        post(b"Content-Length: 2", b"Transfer-Encoding: chunked") + b"0\r\n\r\n", 400,
    ),
    "two Content-Lengths": (post(b"Content-Length: 2", b"Content-Length: 3") + b"{}", 400),
    "a negative Content-Length": (post(b"Content-Length: -2") + b"{}", 400),
    "a Content-Length with a plus": (post(b"Content-Length: +2") + b"{}", 400),
    "a Content-Length beyond 64 bits": (post(b"Content-Length: 99999999999999999999"), 400),
    "a Transfer-Encoding of its own": (post(b"Transfer-Encoding: cow") + b"0\r\n\r\n", 400),
    "a chunk without a size": (post(b"Transfer-Encoding: chunked") + b"xx\r\n\r\n", 400),
    "a TLS hello": (tls_hello(), 400),
    "HTTP/9.9": (b"GET / HTTP/9.9\r\nHost: x\r\n\r\n", 400),
    "the preface of HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    "no protocol at all": (b"\x00\x01\x02\x03\r\n\r\n", 400),
    "a header without a name": (GET + b": x\r\n\r\n", 400),
    "a header with a blank in its name": (GET + b"a b: x\r\n\r\n", 400),
    "a header that goes on in the next line": (GET + b"a: x\r\n y\r\n\r\n", 400),
    "NUL in a header": (GET + b"Authorization: Bearer \0\r\n\r\n", 400),
    "a bare line feed": (GET + b"a: x\ny: z\r\n\r\n", 400),
    "a method in small letters and a path without a slash": (b"get livez HTTP/1.1\r\n\r\n", 400),
    "16 MB of a header": (GET + b"a: " + b"x" * 16_000_000 + b"\r\n\r\n", 431),
    "16 MB of a name": (GET + b"x" * 16_000_000 + b": x\r\n\r\n", 431),
    "16 MB of an address": (b"GET /" + b"x" * 16_000_000 + b" HTTP/1.1\r\n\r\n", 431),
    "5,000 headers": (GET + b"a: b\r\n" * 5_000 + END, 431),
}  # fmt: skip
UPGRADES = {
    "websocket": b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
    "h2c": b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n",
}
SLUGS = {400: "invalid-header", 431: "headers-too-large"}


class TestHead:
    @pytest.mark.parametrize(("sent", "status"), HEADS.values(), ids=HEADS.keys())
    def test_is_refused_with_a_problem_and_the_connection_closed(
        self, sent: bytes, status: int, server: RunningServer, api: httpx.Client
    ) -> None:
        told, slug, problem = read_problem(tell(server, sent))
        assert (told, slug) == (status, SLUGS[status])
        assert "x" * 50 not in str(problem)
        assert api.get("/sessions").status_code == 200

    def test_may_have_as_many_headers_as_it_says(self, server: RunningServer) -> None:
        close = b"Connection: close\r\n"
        fine = GET + close + b"a: b\r\n" * (MOST_HEADERS - 2) + END
        assert read(tell(server, fine))[0] == 200
        one_more = GET + close + b"a: b\r\n" * (MOST_HEADERS - 1) + END
        assert read(tell(server, one_more))[0] == 431

    def test_may_be_as_large_as_it_says(self, server: RunningServer) -> None:
        close = GET + b"Connection: close\r\na: "
        assert read(tell(server, close + b"x" * (MOST_BYTES - 200) + END + END))[0] == 200
        assert read(tell(server, close + b"x" * MOST_BYTES + END + END))[0] == 431

    def test_is_counted_anew_for_each_request(self, server: RunningServer) -> None:
        with connect(server) as connection:
            for _ in range(4):
                connection.sendall(GET + b"a: " + b"x" * 20_000 + END + END)
                answer = b""
                while not answer.endswith(b'{"status":"ok"}'):
                    answer += connection.recv(65_536)
                assert answer.startswith(b"HTTP/1.1 200 ")

    def test_is_counted_once_in_however_many_pieces_it_comes(self, server: RunningServer) -> None:
        head = GET + b"Connection: close\r\n" + (b"a: " + b"x" * 2_000 + END) * 15 + END
        with connect(server) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for begin in range(0, len(head), 1_500):
                connection.sendall(head[begin : begin + 1_500])
                time.sleep(0.002)  # So that the pieces arrive as pieces.
            assert read(receive(connection))[0] == 200

    def test_of_old_http_needs_no_host(self, server: RunningServer) -> None:
        assert tell(server, b"GET /livez HTTP/1.0\r\n\r\n").startswith(b"HTTP/1.1 200 ")

    @pytest.mark.parametrize("upgrade", UPGRADES.values(), ids=UPGRADES.keys())
    def test_asks_for_another_protocol_in_vain(self, upgrade: bytes, server: RunningServer) -> None:
        with connect(server) as connection:
            connection.sendall(GET + upgrade + END)
            assert connection.recv(65_536).startswith(b"HTTP/1.1 200 ")


class TestSlowClient:
    @pytest.mark.parametrize("sent", [b"G", GET, GET + b"a: b"])
    def test_is_told_when_its_head_does_not_end(self, sent: bytes, server: RunningServer) -> None:
        began = time.monotonic()
        status, slug, _ = read_problem(tell(server, sent))
        assert (status, slug) == (408, "request-timeout")
        assert HEAD_S * 0.9 < time.monotonic() - began < HEAD_S + 2

    def test_is_cut_off_however_it_drips(self, server: RunningServer) -> None:
        began = time.monotonic()
        with connect(server) as connection:
            connection.settimeout(0.05)
            answer = b""
            for byte in GET + b"a" * 1_000:
                try:
                    connection.sendall(bytes([byte]))
                    answer = connection.recv(65_536)
                    break
                except TimeoutError:
                    continue
        assert answer.startswith(b"HTTP/1.1 408 ")
        assert time.monotonic() - began < HEAD_S + 2

    def test_that_says_nothing_is_just_closed(self, server: RunningServer) -> None:
        assert tell(server, b"") == b""

    @pytest.mark.parametrize(
        "sent",
        [
            post(b"Content-Length: 10") + b'{"a":',
            post(b"Content-Length: 10"),
            post(b"Transfer-Encoding: chunked") + b"5\r\n{\r\n",
        ],
        ids=["5 bytes of 10", "no byte of 10", "half a chunk"],
    )
    def test_is_told_when_its_body_does_not_end(self, sent: bytes, server: RunningServer) -> None:
        began = time.monotonic()
        status, slug, _ = read_problem(tell(server, sent))
        assert (status, slug) == (408, "request-timeout")
        assert BODY_S * 0.9 < time.monotonic() - began < BODY_S + 2

    @pytest.mark.parametrize("rest", [b" ", b" " * 9 + GET[:5], b" " * 9], ids=repr)
    def test_is_cut_off_when_nobody_needs_its_body(
        self, rest: bytes, server: RunningServer
    ) -> None:
        with connect(server) as client:
            client.sendall(b"PUT /sessions/x HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{")
            told = client.recv(65_536)
            client.sendall(rest)
            told += receive(client)
        assert told.startswith(b"HTTP/1.1 401 ")

    def test_has_all_the_time_of_a_head_behind_a_body_that_nobody_needs(
        self, tmp_path: Path
    ) -> None:
        with serving(tmp_path, body_timeout_s=BODY_S) as server, connect(server) as client:
            client.sendall(b"PUT /sessions/x HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{")
            told = b""
            while not told.endswith(b"}"):
                told += client.recv(65_536)
            assert told.startswith(b"HTTP/1.1 401 ")
            client.sendall(b" " * 9 + GET)
            client.settimeout(2 * BODY_S)
            with pytest.raises(TimeoutError):
                client.recv(65_536)
            client.settimeout(SECONDS)
            client.sendall(END)
            assert client.recv(65_536).startswith(b"HTTP/1.1 200 ")

    def test_keeps_nobody_else_waiting(
        self, server: RunningServer, api: httpx.Client, record_property: RecordFigure
    ) -> None:
        record_property("slow clients", SLOW)
        slow = [connect(server) for _ in range(SLOW)]
        for number, connection in enumerate(slow):
            connection.sendall(GET if number % 2 else post(b"Content-Length: 10"))
        assert api.get("/sessions").status_code == 200
        for connection in slow:
            assert receive(connection).startswith(b"HTTP/1.1 408 ")
            connection.close()


class TestSlowReader:
    """Clients that ask for more at once than fits into the buffers on the way."""

    TIMES = 60
    AT_ONCE = 2_000_000

    @pytest.fixture
    def asked(
        self, server: RunningServer, api: httpx.Client
    ) -> Iterator[tuple[socket.socket, int]]:
        """A connection with answers on their way, and how many bytes those are at least."""
        planned = api.post("/programs", json={"weeks": 52})
        ask = f"GET {planned.headers['content-location']} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
        with socket.socket() as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            connection.settimeout(SECONDS)
            connection.connect(("127.0.0.1", server.port))
            connection.sendall(ask * self.TIMES)
            yield connection, self.TIMES * len(planned.content)

    def test_is_cut_off_when_it_takes_nothing(
        self, asked: tuple[socket.socket, int], api: httpx.Client
    ) -> None:
        connection, _ = asked
        watch = select.poll()
        watch.register(connection, 0)
        assert watch.poll(SECONDS * 1_000), "the connection stays open for ever"
        assert connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == errno.ECONNRESET
        assert api.get("/sessions").status_code == 200

    def test_gets_everything_when_it_takes_its_time(self, asked: tuple[socket.socket, int]) -> None:
        connection, size = asked
        began, taken, rests = time.monotonic(), 0, 0
        while taken < size:
            taken += len(connection.recv(65_536))
            if taken // self.AT_ONCE > rests:
                rests += 1
                time.sleep(ANSWER_S / 5)  # So that it is slow for longer than it may stand still.
        assert time.monotonic() - began > 2 * ANSWER_S


class TestDisconnect:
    def test_in_the_middle_of_a_body_stores_nothing(
        self, server: RunningServer, api: httpx.Client
    ) -> None:
        path = f"/sessions/{new_id()}"
        request = api.build_request("PUT", path, json=a_session())
        head = f"PUT {path} HTTP/1.1\r\n".encode()
        head += b"".join(b"%s: %s\r\n" % line for line in request.headers.raw) + END
        with connect(server) as connection:
            connection.sendall(head + request.content[:-1])
        assert api.get(path).status_code == 404
        # The same bytes to the end are a session: it was the cut that kept it out.
        with connect(server) as connection:
            connection.sendall(head + request.content)
            assert connection.recv(65_536).startswith(b"HTTP/1.1 201 ")
        assert api.get(path).status_code == 200
