"""A provider for tests and rehearsals: its mark says 测试章，不具法律效力 on the face of it.

`check --deploy` refuses an installation that names it.
"""

import io
from datetime import datetime
from typing import Final

import pikepdf

from audit.digests import sm3
from calendars.wording import day_text
from papers.sealing import Holder, Sealed
from papers.setting import typeset

MARK: Final = "测试章 不具法律效力"


class TrialSeal:
    """Draws its mark over the last page, and over each page the sentence that it binds nobody."""

    name = "trial"
    is_test = True

    def seal(self, document: bytes, *, holder: Holder, at: datetime) -> Sealed:
        held = io.BytesIO()
        with pikepdf.open(io.BytesIO(document)) as paper:
            *first, last = paper.pages
            for pages, is_last in ((first, False), ([last], True)):
                with _mark(holder, at, last=is_last) as mark:
                    for page in pages:
                        page.add_overlay(mark.pages[0], None)
            paper.save(held, deterministic_id=True)
        sealed = held.getvalue()
        return Sealed(
            sealed,
            {
                "mark": MARK,
                "holder": holder.name,
                "uscc": holder.uscc,
                "sealed": sm3(document),
                "digest": sm3(sealed),
            },
        )

    def verify(self, sealed: Sealed) -> bool:
        return sealed.certificate.get("digest") == sm3(sealed.document)


def _mark(holder: Holder, at: datetime, *, last: bool) -> pikepdf.Pdf:
    values = {
        "side": holder.side,
        "day": day_text(at, "zh-hans", year_now=None),
        "last": last,
    }
    return pikepdf.open(io.BytesIO(typeset("seal", values, int(at.timestamp()))))
