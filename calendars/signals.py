"""What the calendar tells those above it."""

from django.dispatch import Signal

year_published = Signal()
"""A notice came into force; sent inside the transaction with `year: int` and the
`notice: CalendarYear`. Whoever keeps provisional time limits has a job count them again."""
