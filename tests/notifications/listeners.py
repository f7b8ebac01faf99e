"""A real HTTP server on the loopback that keeps what is posted to it and answers as told."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Posted:
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: dict[str, Any]


@dataclass
class Listener:
    """`answers` are given in their order, the last for ever: status, JSON or text, headers."""

    url: str = ""
    posted: list[Posted] = field(default_factory=list)
    answers: list[tuple[int, Any, dict[str, str]]] = field(
        default_factory=lambda: [(200, {"errcode": 0, "errmsg": "ok"}, {})]
    )

    def answer(self, status: int, data: Any = None, **headers: str) -> None:
        self.answers = [(status, data, {k.replace("_", "-"): v for k, v in headers.items()})]


@contextmanager
def listening() -> Iterator[Listener]:
    listener = Listener()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers["Content-Length"]))
            listener.posted.append(
                Posted(parts.path, parse_qs(parts.query), dict(self.headers), json.loads(body))
            )
            place = min(len(listener.posted), len(listener.answers)) - 1
            status, data, headers = listener.answers[place]
            content = (data if isinstance(data, str) else json.dumps(data)).encode()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listener.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield listener
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
