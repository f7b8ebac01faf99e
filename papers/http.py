"""How a document is answered to a browser."""

from typing import TypeVar

from django.http import HttpResponse, HttpResponseBase
from django.utils.http import content_disposition_header

from papers.paper import Paper
from papers.setting import set_paper

Response = TypeVar("Response", bound=HttpResponseBase)


def paper_response(paper: Paper) -> HttpResponse:
    """The document's PDF, to keep under its own name."""
    response = HttpResponse(set_paper(paper), content_type="application/pdf")
    name = content_disposition_header(as_attachment=True, filename=paper.file_name)
    response["Content-Disposition"] = name or "attachment"
    return guarded(response)


def guarded(response: Response) -> Response:
    """A file that a browser may take for nothing but what it is, and that nobody else keeps."""
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response
