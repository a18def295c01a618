"""Tests of the limits at the parser, and of bodies that do not arrive, over real sockets."""

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

from app.keys import api_keys
from tests.client import Json, a_session, new_id
from tests.durability.run_sizes import RecordFigure, read_size
from tests.processes import SECONDS, RunningServer, serving

HEAD_TIMEOUT_S = 0.5
BODY_TIMEOUT_S = 0.5
ANSWER_TIMEOUT_S = 0.5
MAX_BYTES = 32 * 1024
MAX_HEADERS = 100
SLOW = read_size("SLOW_CLIENTS", short=50, long=500)
GET = b"GET /livez HTTP/1.1\r\nHost: x\r\n"
END = b"\r\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    folder = tmp_path_factory.mktemp("limits")
    timeouts = {
        "head_timeout_s": HEAD_TIMEOUT_S,
        "body_timeout_s": BODY_TIMEOUT_S,
        "answer_timeout_s": ANSWER_TIMEOUT_S,
    }
    with serving(folder, **timeouts) as running:
        yield running


@pytest.fixture
def api(server: RunningServer) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {server.key}"}
    with httpx.Client(base_url=server.address, headers=headers, timeout=SECONDS) as client:
        yield client


def connect(server: RunningServer) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), SECONDS)


def receive(connection: socket.socket) -> bytes:
    """Receive until the connection is closed."""
    received = b""
    while True:
        try:
            part = connection.recv(65_536)
        except ConnectionResetError:
            # The server closed while the client still sent. The answer has arrived before that.
            return received
        if not part:
            return received
        received += part


def exchange(server: RunningServer, sent: bytes) -> bytes:
    """Send bytes, and receive until the connection is closed."""
    with connect(server) as connection:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(sent)
        return receive(connection)


def parse_response(answer: bytes) -> tuple[int, httpx.Headers, bytes]:
    """Parse exactly one response: its status, headers and body."""
    head, _, body = answer.partition(b"\r\n\r\n")
    line, *lines = head.decode("ascii").split("\r\n")
    headers = httpx.Headers(
        [(name, value) for name, _, value in (x.partition(": ") for x in lines)]
    )
    assert line.startswith("HTTP/1.1 ")
    assert len(body) == int(headers["content-length"])
    return int(line.split()[1]), headers, body


def parse_problem(answer: bytes) -> tuple[int, str, Json]:
    status, headers, body = parse_response(answer)
    assert headers["content-type"] == "application/problem+json"
    assert headers["connection"] == "close"
    assert headers["x-content-type-options"] == "nosniff"
    problem: Json = httpx.Response(status, content=body).json()
    assert (problem["status"], problem["request_id"]) == (status, headers["x-request-id"])
    return status, problem["type"].removeprefix("/problems/"), problem


def build_tls_hello() -> bytes:
    """The first bytes of a client that uses HTTPS."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = ssl.create_default_context().wrap_bio(incoming, outgoing, server_hostname="x")
    with pytest.raises(ssl.SSLWantReadError):
        client.do_handshake()
    return outgoing.read()


def build_post(*headers: bytes) -> bytes:
    lines = [b"POST /programs HTTP/1.1", b"Host: x", b"Content-Type: application/json", *headers]
    return b"\r\n".join(lines) + b"\r\n\r\n"


HEADS: dict[str, tuple[bytes, int]] = {
    "no Host": (b"GET /livez HTTP/1.1\r\n\r\n", 400),
    "two Hosts": (GET + b"Host: y\r\n\r\n", 400),
    "the same Host twice": (GET + b"Host: x\r\n\r\n", 400),
    "Content-Length and Transfer-Encoding": (
        build_post(b"Content-Length: 2", b"Transfer-Encoding: chunked") + b"0\r\n\r\n", 400,
    ),
    "two Content-Lengths": (build_post(b"Content-Length: 2", b"Content-Length: 3") + b"{}", 400),
    "a negative Content-Length": (build_post(b"Content-Length: -2") + b"{}", 400),
    "a Content-Length with a plus": (build_post(b"Content-Length: +2") + b"{}", 400),
    "a Content-Length beyond 64 bits": (build_post(b"Content-Length: 99999999999999999999"), 400),
    "an unknown Transfer-Encoding": (build_post(b"Transfer-Encoding: cow") + b"0\r\n\r\n", 400),
    "a chunk without a size": (build_post(b"Transfer-Encoding: chunked") + b"xx\r\n\r\n", 400),
    "a TLS hello": (build_tls_hello(), 400),
    "HTTP/9.9": (b"GET / HTTP/9.9\r\nHost: x\r\n\r\n", 400),
    "the preface of HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    "no HTTP at all": (b"\x00\x01\x02\x03\r\n\r\n", 400),
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


class TestHeaders:
    @pytest.mark.parametrize(("sent", "status"), HEADS.values(), ids=HEADS.keys())
    def test_rejects_invalid_headers_with_a_problem(
        self, sent: bytes, status: int, server: RunningServer, api: httpx.Client
    ) -> None:
        got, slug, problem = parse_problem(exchange(server, sent))
        assert (got, slug) == (status, SLUGS[status])
        assert "x" * 50 not in str(problem)
        assert api.get("/sessions").status_code == 200

    def test_limits_the_number_of_headers(self, server: RunningServer) -> None:
        close = b"Connection: close\r\n"
        accepted = GET + close + b"a: b\r\n" * (MAX_HEADERS - 2) + END
        assert parse_response(exchange(server, accepted))[0] == 200
        one_more = GET + close + b"a: b\r\n" * (MAX_HEADERS - 1) + END
        assert parse_response(exchange(server, one_more))[0] == 431

    def test_limits_the_size_of_headers(self, server: RunningServer) -> None:
        close = GET + b"Connection: close\r\na: "
        assert (
            parse_response(exchange(server, close + b"x" * (MAX_BYTES - 200) + END + END))[0] == 200
        )
        assert parse_response(exchange(server, close + b"x" * MAX_BYTES + END + END))[0] == 431

    def test_counts_headers_for_each_request(self, server: RunningServer) -> None:
        with connect(server) as connection:
            for _ in range(4):
                connection.sendall(GET + b"a: " + b"x" * 20_000 + END + END)
                answer = b""
                while not answer.endswith(b'{"status":"ok"}'):
                    answer += connection.recv(65_536)
                assert answer.startswith(b"HTTP/1.1 200 ")

    def test_counts_headers_once_if_they_arrive_in_pieces(self, server: RunningServer) -> None:
        head = GET + b"Connection: close\r\n" + (b"a: " + b"x" * 2_000 + END) * 15 + END
        with connect(server) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for begin in range(0, len(head), 1_500):
                connection.sendall(head[begin : begin + 1_500])
                time.sleep(0.002)  # So that the pieces arrive as pieces.
            assert parse_response(receive(connection))[0] == 200

    def test_requires_no_host_in_http_1_0(self, server: RunningServer) -> None:
        assert exchange(server, b"GET /livez HTTP/1.0\r\n\r\n").startswith(b"HTTP/1.1 200 ")

    @pytest.mark.parametrize("upgrade", UPGRADES.values(), ids=UPGRADES.keys())
    def test_ignores_a_protocol_upgrade(self, upgrade: bytes, server: RunningServer) -> None:
        with connect(server) as connection:
            connection.sendall(GET + upgrade + END)
            assert connection.recv(65_536).startswith(b"HTTP/1.1 200 ")


CHUNKED = build_post(b"Transfer-Encoding: chunked", b"Content-Type: application/json")
# What a client can send after the headers that is no body: how it begins, and a piece of it.
FRAMING = {
    "trailers": (b"2\r\n{}\r\n0\r\n", b"x: " + b"a" * 1_000 + END),
    "one trailer": (b"2\r\n{}\r\n0\r\nx: ", b"a" * 1_000),
    "a chunk extension": (b"2;x=", b"a" * 1_000),
    "blank lines after the request": (b"2\r\n{}\r\n0\r\n\r\n", END * 500),
}


class TestFraming:
    @pytest.mark.parametrize(("begin", "piece"), FRAMING.values(), ids=FRAMING.keys())
    def test_that_is_too_large_gets_431(
        self, begin: bytes, piece: bytes, server: RunningServer
    ) -> None:
        sent = 0
        with connect(server) as client:
            client.sendall(CHUNKED + begin)
            # A server that does not count takes all of it.
            with contextlib.suppress(ConnectionError):
                while sent < 20_000_000:
                    client.sendall(piece)
                    sent += len(piece)
            assert b"HTTP/1.1 431 " in receive(client)
        assert MAX_BYTES / 2 < sent < 20_000_000

    @pytest.mark.parametrize(
        "body",
        [
            b"2\r\n{}\r\n0\r\nchecksum: 1\r\n\r\n",
            b"2;x=1\r\n{}\r\n0\r\n\r\n",
            b"1\r\n{\r\n" + b"1\r\n \r\n" * 20_000 + b"1\r\n}\r\n0\r\n\r\n",
        ],
        ids=["a trailer", "an extension", "chunks of one byte"],
    )
    def test_of_an_ordinary_size_is_accepted(self, body: bytes, server: RunningServer) -> None:
        request = CHUNKED.replace(b"/sessions/x", b"/programs").replace(b"PUT", b"POST") + body
        with connect(server) as client:
            client.sendall(request)
            assert client.recv(100).startswith(b"HTTP/1.1 200 ")


class TestSlowClient:
    @pytest.mark.parametrize("sent", [b"G", GET, GET + b"a: b"])
    def test_gets_408_if_its_headers_are_incomplete(
        self, sent: bytes, server: RunningServer
    ) -> None:
        began = time.monotonic()
        status, slug, _ = parse_problem(exchange(server, sent))
        assert (status, slug) == (408, "request-timeout")
        assert HEAD_TIMEOUT_S * 0.9 < time.monotonic() - began < HEAD_TIMEOUT_S + 2

    def test_gets_408_if_it_sends_byte_by_byte(self, server: RunningServer) -> None:
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
        assert time.monotonic() - began < HEAD_TIMEOUT_S + 2

    def test_is_disconnected_if_it_sends_nothing(self, server: RunningServer) -> None:
        assert exchange(server, b"") == b""

    @pytest.mark.parametrize(
        "sent",
        [
            build_post(b"Content-Length: 10") + b'{"a":',
            build_post(b"Content-Length: 10"),
            build_post(b"Transfer-Encoding: chunked") + b"5\r\n{\r\n",
        ],
        ids=["5 bytes of 10", "no byte of 10", "half a chunk"],
    )
    def test_gets_408_if_its_body_is_incomplete(self, sent: bytes, server: RunningServer) -> None:
        began = time.monotonic()
        status, slug, _ = parse_problem(exchange(server, sent))
        assert (status, slug) == (408, "request-timeout")
        assert BODY_TIMEOUT_S * 0.9 < time.monotonic() - began < BODY_TIMEOUT_S + 2

    @pytest.mark.parametrize("path", [b"PUT /sessions/x", b"POST /sessions/batch"])
    def test_gets_401_for_an_unknown_key_without_sending_a_body(
        self, path: bytes, server: RunningServer
    ) -> None:
        """The key has a right checksum, so only the database shows that it is made up."""
        key = api_keys.generate().encode().encode()
        head = [path + b" HTTP/1.1", b"Host: x", b"Content-Type: application/json"]
        head += [b"Content-Length: 100000", b"Authorization: Bearer " + key]
        with connect(server) as client:
            client.sendall(b"\r\n".join(head) + b"\r\n\r\n")
            assert client.recv(65_536).startswith(b"HTTP/1.1 401 ")

    def test_with_a_right_key_gets_408_for_the_same(self, server: RunningServer) -> None:
        head = [b"PUT /sessions/x HTTP/1.1", b"Host: x", b"Content-Type: application/json"]
        head += [b"Content-Length: 100000", f"Authorization: Bearer {server.key}".encode()]
        with connect(server) as client:
            client.sendall(b"\r\n".join(head) + b"\r\n\r\n")
            assert client.recv(65_536).startswith(b"HTTP/1.1 408 ")

    @pytest.mark.parametrize("rest", [b" ", b" " * 9 + GET[:5], b" " * 9], ids=repr)
    def test_is_disconnected_if_a_discarded_body_does_not_end(
        self, rest: bytes, server: RunningServer
    ) -> None:
        with connect(server) as client:
            client.sendall(b"PUT /sessions/x HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{")
            received = client.recv(65_536)
            client.sendall(rest)
            received += receive(client)
        assert received.startswith(b"HTTP/1.1 401 ")

    def test_has_the_full_time_for_headers_after_a_discarded_body(self, tmp_path: Path) -> None:
        with serving(tmp_path, body_timeout_s=BODY_TIMEOUT_S) as server, connect(server) as client:
            client.sendall(b"PUT /sessions/x HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{")
            received = b""
            while not received.endswith(b"}"):
                received += client.recv(65_536)
            assert received.startswith(b"HTTP/1.1 401 ")
            client.sendall(b" " * 9 + GET)
            client.settimeout(2 * BODY_TIMEOUT_S)
            with pytest.raises(TimeoutError):
                client.recv(65_536)
            client.settimeout(SECONDS)
            client.sendall(END)
            assert client.recv(65_536).startswith(b"HTTP/1.1 200 ")

    def test_delays_no_other_client(
        self, server: RunningServer, api: httpx.Client, record_property: RecordFigure
    ) -> None:
        record_property("slow clients", SLOW)
        slow = [connect(server) for _ in range(SLOW)]
        for number, connection in enumerate(slow):
            connection.sendall(GET if number % 2 else build_post(b"Content-Length: 10"))
        assert api.get("/sessions").status_code == 200
        for connection in slow:
            assert receive(connection).startswith(b"HTTP/1.1 408 ")
            connection.close()


class TestSlowReader:
    """Clients that request more at once than the buffers on the way can store."""

    REQUESTS = 240
    BYTES_BETWEEN_PAUSES = 2_000_000

    @pytest.fixture
    def requested(
        self, server: RunningServer, api: httpx.Client
    ) -> Iterator[tuple[socket.socket, int]]:
        """A connection that requested many answers, and the number of bytes of their bodies."""
        planned = api.post("/programs", json={"weeks": 52})
        request = f"GET {planned.headers['content-location']} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
        with socket.socket() as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            connection.settimeout(SECONDS)
            connection.connect(("127.0.0.1", server.port))
            connection.sendall(request * self.REQUESTS)
            yield connection, self.REQUESTS * len(planned.content)

    def test_is_disconnected_if_it_reads_nothing(
        self, requested: tuple[socket.socket, int], api: httpx.Client
    ) -> None:
        connection, _ = requested
        watch = select.poll()
        watch.register(connection, 0)
        assert watch.poll(SECONDS * 1_000), "the connection stays open"
        assert connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == errno.ECONNRESET
        assert api.get("/sessions").status_code == 200

    def test_gets_everything_if_it_reads_slowly(self, requested: tuple[socket.socket, int]) -> None:
        connection, size = requested
        began, read_bytes, pauses = time.monotonic(), 0, 0
        while read_bytes < size:
            read_bytes += len(connection.recv(65_536))
            if read_bytes // self.BYTES_BETWEEN_PAUSES > pauses:
                pauses += 1
                time.sleep(
                    ANSWER_TIMEOUT_S / 5
                )  # So that it takes longer in all than a client may read nothing.
        assert time.monotonic() - began > 2 * ANSWER_TIMEOUT_S


class TestDisconnect:
    def test_stores_nothing_in_the_middle_of_a_body(
        self, server: RunningServer, api: httpx.Client
    ) -> None:
        path = f"/sessions/{new_id()}"
        request = api.build_request("PUT", path, json=a_session())
        head = f"PUT {path} HTTP/1.1\r\n".encode()
        head += b"".join(b"%s: %s\r\n" % line for line in request.headers.raw) + END
        with connect(server) as connection:
            connection.sendall(head + request.content[:-1])
        assert api.get(path).status_code == 404
        # The complete bytes are stored, so the disconnect was the reason.
        with connect(server) as connection:
            connection.sendall(head + request.content)
            assert connection.recv(65_536).startswith(b"HTTP/1.1 201 ")
        assert api.get(path).status_code == 200
