"""Somebody at a browser, as far as a form needs one: cookies, fields, posts."""

import http.client
import uuid
from dataclasses import dataclass
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

SECONDS = 60  # more than a database takes to come back: whoever gives up earlier sees half


class Closed(Exception):
    """Nobody took the connection: nothing was sent."""


class Broken(Exception):
    """Nobody answered, or the house said that it cannot: whether it was done is not known."""


@dataclass(frozen=True)
class Answer:
    status: int
    text: str
    location: str

    @property
    def is_done(self) -> bool:
        """Saved, or led on to what was made."""
        return self.status in (200, 302)


class Visitor:
    """Cookies are kept; each request has a connection of its own."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies: dict[str, str] = {}

    def get(self, path: str) -> Answer:
        return self.ask("GET", path)

    def post(self, path: str, fields: dict[str, str]) -> Answer:
        kind = "application/x-www-form-urlencoded"
        return self.ask("POST", path, urlencode(fields).encode(), kind)

    def upload(self, path: str, fields: dict[str, str], name: str, content: bytes) -> Answer:
        edge = uuid.uuid4().hex
        parts = [
            f'--{edge}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
            for key, value in fields.items()
        ]
        head = (
            f'--{edge}\r\nContent-Disposition: form-data; name="upload"; filename="{name}"\r\n'
            "Content-Type: application/pdf\r\n\r\n"
        )
        body = "".join(parts).encode() + head.encode() + content + f"\r\n--{edge}--\r\n".encode()
        return self.ask("POST", path, body, f"multipart/form-data; boundary={edge}")

    def ask(self, method: str, path: str, body: bytes | None = None, kind: str = "") -> Answer:
        here = f"http://127.0.0.1:{self.port}"
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        headers |= {"Content-Type": kind} if kind else {}
        headers |= {"X-CSRFToken": self.cookies.get("csrftoken", ""), "Referer": f"{here}{path}"}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        try:
            connection.request(method, path, body, headers)
            reply = connection.getresponse()
            text = reply.read().decode(errors="replace")
        except ConnectionRefusedError as error:
            raise Closed from error
        except (OSError, http.client.HTTPException) as error:
            raise Broken(repr(error)) from error
        finally:
            connection.close()
        for line in reply.headers.get_all("Set-Cookie") or ():
            self.cookies |= {key: morsel.value for key, morsel in SimpleCookie(line).items()}
        if reply.status in (502, 503, 504):
            raise Broken(f"{reply.status}")
        if reply.status >= 500:
            raise AssertionError(f"{method} {path}: {reply.status}\n{text[-2000:]}")
        return Answer(reply.status, text, reply.headers.get("Location") or "")


class Form(HTMLParser):
    """The fields of one form of a page, by a word in its tag, as a browser would send them."""

    def __init__(self, word: str) -> None:
        super().__init__()
        self.word = word
        self.fields: dict[str, str] = {}
        self.texts: list[str] = []  # names of text areas
        self.inside = False
        self.area: str | None = None
        self.choice: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given: dict[str, Any] = dict(attrs)
        if tag == "form":
            self.inside = self.word in (self.get_starttag_text() or "")
        elif not self.inside:
            return
        elif tag == "input" and given.get("name"):
            ticks = given.get("type") in ("checkbox", "radio")
            if not ticks or "checked" in given:
                self.fields[given["name"]] = given.get("value") or ""
        elif tag == "textarea":
            self.area = given["name"]
            self.fields[self.area] = ""
            self.texts.append(self.area)
        elif tag == "select":
            self.choice = given["name"]
        elif tag == "option" and self.choice and "selected" in given:
            self.fields[self.choice] = given.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False
        elif tag == "textarea":
            self.area = None
        elif tag == "select":
            self.choice = None

    def handle_data(self, data: str) -> None:
        if self.inside and self.area is not None:
            self.fields[self.area] += data


def form_of(page: str, word: str) -> Form:
    form = Form(word)
    form.feed(page)
    return form
