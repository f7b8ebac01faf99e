"""Files the invented firms upload: small real PDFs, different for each firm and document."""

import io
from decimal import Decimal

import pikepdf
from django.core.files.uploadedfile import SimpleUploadedFile


def pdf(name: str, words: str) -> SimpleUploadedFile:
    """A one-page PDF whose metadata carries the words, so that no two digests are alike."""
    document = pikepdf.new()
    document.add_blank_page(page_size=(Decimal(595), Decimal(842)))
    document.docinfo["/Title"] = words
    held = io.BytesIO()
    document.save(held, deterministic_id=True)
    return SimpleUploadedFile(f"{name}.pdf", held.getvalue(), content_type="application/pdf")
