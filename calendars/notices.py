"""Reading a pasted notice for a person: what cannot be read is refused in words."""

from django.utils.translation import gettext_lazy as _

from audit.refusals import Invalid, Message
from calendars.holidays import NoticeDay
from calendars.notice_text import UnreadableNoticeError, read

WORDS: dict[str, Message] = {
    "no_paragraphs": _(
        "No numbered paragraph such as “一、元旦：1月1日放假” was found. Paste the whole notice."
    ),
    "no_such_day": _("“%(part)s” names no day of the calendar."),
    "too_long": _("“%(part)s” makes a holiday of more than two weeks."),
    "order": _("“%(part)s” ends before it begins."),
    "contradiction": _("%(part)s is declared both a day off and a working day."),
}


def read_notice(*, text: str, year: int) -> list[NoticeDay]:
    """The days that the pasted notice sets apart; Invalid (field "text") when it is unreadable."""
    try:
        return read(text, year)
    except UnreadableNoticeError as error:
        words = WORDS[error.key]
        raise Invalid(
            words % {"part": error.text} if error.text else words, field="text"
        ) from error
