"""Setting a document as PDF. The same values give the same bytes, whenever they are set."""

import json
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from papers import fonts
from papers.codes import code_of
from papers.paper import Paper
from papers.text import all_printable, printable

LAYOUTS: Final = Path(__file__).parent / "layouts"


def set_paper(paper: Paper) -> bytes:
    """The document's PDF. Raises `fonts.NoFont`."""
    values = {
        **all_printable(dict(paper.values)),
        "title": printable(paper.title),
        "number": printable(paper.number),
        "digest": paper.digest,
        "code": code_of(settings.STEELYARD_AUDIT_KEY, paper.number, paper.digest),
        "verify_at": f"{settings.SITE_URL.rstrip('/')}/verify/",
    }
    return typeset(paper.layout, values, int(paper.at.timestamp()))


def typeset(layout: str, values: dict[str, Any], at: int) -> bytes:
    """One layout with its values as PDF, dated `at` (seconds since 1970).

    Values go in as one JSON text that the layout reads: nothing in them is ever taken as markup,
    and the layout reads no file outside its folder.
    """
    import typst

    given = {**values, "fonts": fonts.families(), "at": at}
    compiler = typst.Compiler(
        str(LAYOUTS / f"{layout}.typ"),
        root=str(LAYOUTS),
        font_paths=fonts.installed(settings.STEELYARD_FONTS),
        sys_inputs={"values": json.dumps(given, ensure_ascii=False)},
    )
    made = compiler.compile(format="pdf", timestamp=at)
    assert isinstance(made, bytes)
    return made
