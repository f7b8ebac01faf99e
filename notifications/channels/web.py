"""Posting JSON to one configured address and reading the JSON it answers."""

import json
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPException, HTTPMessage
from typing import IO, Any
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

SECONDS = 10
LONGEST = 1 << 16  # bytes of an answer that are read


class NotTaken(Exception):
    """The other side did not take it, or said nothing that can be understood."""


@dataclass(frozen=True, slots=True)
class Answer:
    """HTTP status, the JSON object answered ({} for anything else), seconds of `Retry-After`."""

    status: int
    data: dict[str, Any]
    retry_after: int


class _StayHere(HTTPRedirectHandler):
    """What is posted with a secret goes where it was configured to go, and nowhere else."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        return None


_opener = build_opener(_StayHere)


def post(address: str, body: dict[str, Any], headers: dict[str, str] | None = None) -> Answer:
    """What was answered, whatever its status. NotTaken when nobody answers, without the address:
    it holds a secret."""
    content = json.dumps(body, ensure_ascii=False).encode()
    own = {"Content-Type": "application/json; charset=utf-8", **(headers or {})}
    request = Request(address, content, own, method="POST")  # noqa: S310  (checked by the settings)
    try:
        with _opener.open(request, timeout=SECONDS) as answer:
            return _read(answer.status, answer, answer.headers)
    except HTTPError as error:
        with error:
            return _read(error.code, error, error.headers)
    except (OSError, HTTPException) as error:
        reason = getattr(error, "reason", None) or error
        raise NotTaken(f"no answer: {type(reason).__name__}") from None


def _read(status: int, stream: Any, headers: Message) -> Answer:
    try:
        data = json.loads(stream.read(LONGEST))
    except ValueError:
        data = {}
    wait = headers.get("Retry-After") or ""
    return Answer(
        status, data if isinstance(data, dict) else {}, int(wait) if wait.isdecimal() else 0
    )
