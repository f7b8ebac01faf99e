"""A mail server on the loopback that takes everything and keeps the key of each mail."""

import socketserver
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

KEY = b"x-steelyard-key:"


@dataclass
class Mailbox:
    """Where it listens, and how often each key came."""

    port: int = 0
    keys: Counter[str] = field(default_factory=Counter)


class _Talk(socketserver.StreamRequestHandler):
    """As much of SMTP as is needed."""

    server: "_Server"

    def handle(self) -> None:
        self.say("220 bench")
        for line in self.rfile:
            word = line[:4].upper()
            if word == b"DATA":
                self.say("354 go on")
                self.take()
            self.say("221 bye" if word == b"QUIT" else "250 yes")
            if word == b"QUIT":
                return

    def say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())

    def take(self) -> None:
        """Reads a mail and keeps its key."""
        for line in self.rfile:
            if line == b".\r\n":
                return
            if line.lower().startswith(KEY):
                with self.server.lock:
                    self.server.mailbox.keys[line[len(KEY) :].strip().decode()] += 1


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self, mailbox: Mailbox) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.mailbox, self.lock = mailbox, threading.Lock()
        mailbox.port = self.server_address[1]


@contextmanager
def receiving() -> Iterator[Mailbox]:
    """It listens until the block ends."""
    mailbox = Mailbox()
    server = _Server(mailbox)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield mailbox
    finally:
        server.shutdown()
        server.server_close()
