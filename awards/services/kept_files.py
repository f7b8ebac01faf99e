"""An upload that was checked, kept under a name that nobody chooses."""

import uuid
from typing import Any, Protocol, TypeVar

from django.core.files.base import File
from django.db.models.fields.files import FieldFile

from applications import uploads


class Holder(Protocol):
    """A row with one file and what was checked of it."""

    name: Any
    size: Any
    content_type: Any
    digest: Any

    @property
    def file(self) -> FieldFile: ...

    def save(self) -> None: ...


R = TypeVar("R", bound=Holder)


def keep_file(row: Holder, upload: "File[Any]", checked: uploads.Checked, folder: str) -> None:
    """Write the file and the row; `folder` lies below the one of the row's field."""
    store_file(row, upload, checked, folder).save()


def store_file(row: R, upload: "File[Any]", checked: uploads.Checked, folder: str) -> R:
    """Write the file; the caller writes the row."""
    row.name, row.size = checked.name, checked.size
    row.content_type, row.digest = checked.content_type, checked.digest
    upload.seek(0)
    name = f"{folder}/{uuid.uuid4().hex}-{checked.digest[:16]}.{checked.extension}"
    row.file.save(name, upload, save=False)
    return row
