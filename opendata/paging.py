"""Pages of the API: a hundred rows by cursor, so that what is new shifts nothing."""

import re
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import NotFound
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request

KEY = re.compile(r"[0-9]{1,18}")


class Pages(CursorPagination):
    """The newest first, by key: one order, whatever is added meanwhile."""

    page_size = 100
    ordering = "-pk"
    invalid_cursor_message: Any = _("This cursor leads nowhere. Begin again without one.")
    cursor_query_description: Any = _(
        "where the page begins, as “next” or “previous” of another says"
    )

    def decode_cursor(self, request: Request) -> Cursor | None:
        """As it was given out; what somebody made up must not reach the database."""
        cursor: Cursor | None = super().decode_cursor(request)
        if cursor and cursor.position is not None and not KEY.fullmatch(str(cursor.position)):
            raise NotFound(self.invalid_cursor_message)
        return cursor
