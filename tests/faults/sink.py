"""A mail server on the loopback that takes everything: a line for each mail, before it says yes.

`python -m tests.faults.sink PORT JOURNAL`
"""

import email
import socketserver
import sys
from email.utils import parseaddr
from pathlib import Path

from tests.faults.journal import Journal


class Talk(socketserver.StreamRequestHandler):
    """As much of SMTP as is needed."""

    def handle(self) -> None:
        self.say("220 faults")
        for line in self.rfile:
            word = line[:4].upper()
            if word == b"DATA":
                self.say("354 go on")
                if not self.take():
                    return
            self.say("221 bye" if word == b"QUIT" else "250 yes")
            if word == b"QUIT":
                return

    def say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())

    def take(self) -> bool:
        """Reads a mail and keeps who it is; whether it came to its end."""
        held = []
        for line in self.rfile:
            if line == b".\r\n":
                mail = email.message_from_bytes(b"".join(held))
                id_, key = (unfolded(mail[name]) for name in ("Message-ID", "X-Steelyard-Key"))
                to = parseaddr(mail["To"])[1]
                self.server.journal.write(id=id_, key=key, to=to)
                return True
            held.append(line)
        return False


def unfolded(header: str) -> str:
    """A long header comes in many lines; neither of ours holds a space."""
    return "".join(header.split())


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


def main(port: str, journal: str) -> None:
    with Server(("127.0.0.1", int(port)), Talk) as server:
        server.journal = Journal(Path(journal))
        server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
