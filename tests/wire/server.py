"""
A TLS server on this machine that answers from a table of paths, and can fail in every known way.

    with TlsServer({"/v1/chain": reply_json({"a": 1}), "/v1/slow": slow(b"{}")}) as server:
        Client(ca_file=str(server.ca_file)).get(server.url("/v1/chain"))
        server.requests  # what was asked, in order

A route is a `Reply`, a sequence of them (one a request, the last for ever), or a function of the
request that returns one. A path matches with or without its query; the one with comes first.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self
from urllib.parse import parse_qs, urlsplit

import trustme

DATE = "Wed, 11 Mar 2026 20:15:00 GMT"  #: of every answer unless a reply says otherwise


@dataclass(frozen=True)
class Request:
    """What a client asked."""

    path: str  #: without the query
    query: dict[str, list[str]]
    headers: dict[str, str]  #: names in lower case
    host: str  #: of the Host header, without the port
    at: float  #: monotonic seconds


@dataclass(frozen=True)
class Reply:
    """One answer. `Content-Length` is the body's unless `headers` has another."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    drip: float = 0.0  #: seconds before each byte of the body
    drip_head: float = 0.0  #: seconds before each byte of the status line, too
    chunked: bool = False
    reset: bool = False  #: end the connection without a word


Route = Reply | Sequence[Reply] | Callable[[Request], Reply]


class TlsServer:
    """
    A server in a thread. Use as a context manager, or `start` and `stop`.

    Args:
        routes: Path -> route; may be changed while it runs.
        host: Address to listen on; 127.0.0.9 and port 443 for clients whose port cannot be chosen.
        port: 0 for any free one.
        names: Host names the certificate is for, besides *host*.
    """

    def __init__(
        self,
        routes: Mapping[str, Route] | None = None,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        names: Sequence[str] = (),
    ) -> None:
        self.routes: dict[str, Route] = dict(routes or {})
        self.requests: list[Request] = []
        self.host, self._port, self._names = host, port, tuple(names)
        self._counts: dict[str, int] = {}
        self._lock = threading.Lock()
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._server: _Listener | None = None

    @property
    def port(self) -> int:
        return self._running.server_address[1]

    @property
    def ca_file(self) -> Path:
        """The certificate to trust, as a file."""
        assert self._folder is not None, "start the server first"
        return Path(self._folder.name) / "ca.pem"

    def url(self, path: str = "") -> str:
        return f"https://{self.host}:{self.port}{path}"

    def reset(self, routes: Mapping[str, Route] | None = None) -> None:
        """Forget requests and counts; with *routes*, answer from these alone."""
        with self._lock:
            self.requests.clear()
            self._counts.clear()
            if routes is not None:
                self.routes = dict(routes)

    def asked(self, path: str) -> int:
        """How often *path* was asked for, whatever the query."""
        return sum(request.path == path for request in self.requests)

    def reply_to(self, request: Request, target: str) -> Reply:
        """Choose the answer and remember the request; an unknown path is a plain 404."""
        with self._lock:
            self.requests.append(request)
            key = target if target in self.routes else request.path
            route = self.routes.get(key, Reply(status=404, body=b"not here"))
            count = self._counts[key] = self._counts.get(key, 0) + 1
        if isinstance(route, Reply):
            return route
        if callable(route):
            return route(request)
        return route[min(count, len(route)) - 1]

    def start(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="wire-")
        authority = trustme.CA()
        authority.cert_pem.write_to_path(str(Path(self._folder.name) / "ca.pem"))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(self.host, "localhost", *self._names).configure_cert(context)
        self._server = _Listener((self.host, self._port), self, context)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def stop(self) -> None:
        """End every connection, dripping ones too, and free the port."""
        running = self._running
        running.stopping.set()
        running.shutdown()
        running.end_connections()
        running.server_close()
        assert self._folder is not None
        self._folder.cleanup()
        self._server = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def _running(self) -> _Listener:
        assert self._server is not None, "start the server first"
        return self._server


class _Listener(ThreadingHTTPServer):
    """Accepts connections; the handshake happens in the connection's own thread."""

    daemon_threads = True
    block_on_close = True

    def __init__(self, address: tuple[str, int], owner: TlsServer, context: ssl.SSLContext) -> None:
        self.owner, self.context = owner, context
        self.stopping = threading.Event()
        self._open: set[socket.socket] = set()
        super().__init__(address, _Handler)

    def finish_request(self, request: socket.socket, client_address: object) -> None:
        try:
            request.settimeout(5)
            tls = self.context.wrap_socket(request, server_side=True)
        except OSError:
            return  # a client that does not trust us
        self._open.add(tls)
        try:
            self.RequestHandlerClass(tls, client_address, self)
        finally:
            self._open.discard(tls)
            tls.close()

    def shutdown_request(self, request: socket.socket) -> None:
        """Close without a TLS farewell; after a handshake the plain socket is detached already."""
        request.close()

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is no news."""

    def end_connections(self) -> None:
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    """Reads a request, writes the reply of the table."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else each answer waits for an acknowledgement
    server: _Listener

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        request = Request(
            path=parts.path,
            query=parse_qs(parts.query, keep_blank_values=True),
            headers={name.lower(): value for name, value in self.headers.items()},
            host=self.headers.get("Host", "").rpartition(":")[0] or self.headers.get("Host", ""),
            at=time.monotonic(),
        )
        self._write(self.server.owner.reply_to(request, self.path))

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", "0")))  # else it reads as the next request
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Keep quiet."""

    def _write(self, reply: Reply) -> None:
        if reply.reset:
            self.close_connection = True
            return
        headers = {"Date": DATE, "Content-Type": "application/json", **reply.headers}
        if reply.chunked:
            headers["Transfer-Encoding"] = "chunked"
        else:
            headers.setdefault("Content-Length", str(len(reply.body)))
        lines = [f"HTTP/1.1 {reply.status} .", *(f"{name}: {value}" for name, value in headers.items())]
        head = ("\r\n".join(lines) + "\r\n\r\n").encode()
        body = b"%x\r\n%b\r\n0\r\n\r\n" % (len(reply.body), reply.body) if reply.chunked else reply.body
        self._send(head, reply.drip_head)
        self._send(body, reply.drip)
        if headers.get("Content-Length", str(len(reply.body))) != str(len(reply.body)):
            self.close_connection = True

    def _send(self, data: bytes, pause: float) -> None:
        if not pause:
            self.wfile.write(data)
            return
        for place in range(len(data)):
            if self.server.stopping.wait(pause):
                self.close_connection = True
                return
            self.wfile.write(data[place : place + 1])
