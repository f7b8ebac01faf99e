"""Is an uploaded file what it says it is? Extension, libmagic and structure must agree.

Each sniffer alone is fooled; a small docx can unfold to hundreds of megabytes.
"""

import io
import re
import unicodedata
import zipfile
from dataclasses import dataclass
from importlib import import_module
from pathlib import PurePosixPath
from typing import IO, Any, Final

try:
    import magic
except ImportError:  # this machine has no libmagic: the wheel's shows python-magic the way
    import_module("pylibmagic")
    import magic

from cryptography.hazmat.primitives import hashes
from django.core.files.base import File
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from audit.refusals import Invalid

MOST_BYTES: Final = 20 * 1024 * 1024
MOST_UNPACKED: Final = 200 * 1024 * 1024
MOST_RATIO: Final = 120
MOST_ENTRIES: Final = 3000
CHUNK: Final = 1024 * 1024
OOXML: Final = "application/vnd.openxmlformats-officedocument."
TYPES: Final[dict[str, frozenset[str]]] = {
    "pdf": frozenset({"application/pdf"}),
    "jpg": frozenset({"image/jpeg"}),
    "jpeg": frozenset({"image/jpeg"}),
    "png": frozenset({"image/png"}),
    "docx": frozenset(
        {f"{OOXML}wordprocessingml.document", "application/zip", "application/octet-stream"}
    ),
    "xlsx": frozenset(
        {f"{OOXML}spreadsheetml.sheet", "application/zip", "application/octet-stream"}
    ),
}
KEPT_AS: Final[dict[str, str]] = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "docx": f"{OOXML}wordprocessingml.document",
    "xlsx": f"{OOXML}spreadsheetml.sheet",
}
MAIN_PART: Final = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}
# What libmagic may find, in words; the families of what has no words of its own follow.
FOUND: Final[dict[str, Promise]] = {
    "application/pdf": _("a PDF"),
    "image/jpeg": _("a JPG picture"),
    "image/png": _("a PNG picture"),
    f"{OOXML}wordprocessingml.document": _("a DOCX document"),
    f"{OOXML}spreadsheetml.sheet": _("an XLSX workbook"),
    "application/msword": _("an old Word document (DOC)"),
    "application/vnd.ms-excel": _("an old Excel workbook (XLS)"),
    "application/CDFV2": _("an old Office document"),
    "application/x-ole-storage": _("an old Office document"),
    "application/zip": _("a ZIP archive"),
    "application/x-rar": _("a RAR archive"),
    "application/x-dosexec": _("a program"),
    "text/html": _("a web page"),
    "image": _("a picture of another format"),
    "text": _("a text file"),
    "audio": _("a sound recording"),
    "video": _("a film"),
}
# An action of a PDF, as pikepdf writes it out: names without escapes, single blanks.
RUNS: Final = re.compile(rb"/S /(?:JavaScript|Launch)\b|/JS [(<\d]")
ACCEPT: Final = ",".join(f".{extension}" for extension in TYPES)


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that may be kept: its clean name, extension, size in bytes, type and SM3 digest."""

    name: str
    extension: str
    size: int
    content_type: str
    digest: str


def check(upload: "File[Any]") -> Checked:
    """Accept the file or say why not. Reads it once in pieces. Raises Invalid(field="upload")."""
    name, extension = clean_name(upload.name or ""), extension_of(upload)
    if extension not in TYPES:
        raise _no(
            _(
                "Files of the kind “.%(extension)s” are not accepted. "
                "Upload PDF, JPG, PNG, DOCX or XLSX."
            )
            % {"extension": extension or "?"}
        )
    size, digest = _measure(upload)
    _require_type(upload, extension)
    _require_structure(upload, extension)
    upload.seek(0)
    return Checked(name, extension, size, KEPT_AS[extension], digest)


def extension_of(upload: "File[Any]") -> str:
    """By its name alone, for a page that takes fewer kinds and shall not name the others."""
    return PurePosixPath(clean_name(upload.name or "")).suffix.lower().removeprefix(".")


def clean_name(given: str) -> str:
    """The file's own name without path, control or direction characters, at most 120 long."""
    last = unicodedata.normalize("NFC", given).replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(c for c in last if unicodedata.category(c)[0] != "C").strip(" .")
    kept = re.sub(r'[<>:"|?*]', "_", kept)
    stem, dot, extension = kept.rpartition(".")
    return f"{stem[:110]}{dot}{extension[:8]}" if dot else kept[:110]


def _measure(upload: "File[Any]") -> tuple[int, str]:
    """Size and digest of what was really sent."""
    sm3, size = hashes.Hash(hashes.SM3()), 0
    upload.seek(0)
    while piece := upload.read(CHUNK):
        size += len(piece)
        if size > MOST_BYTES:
            raise _no(
                _("The file is larger than %(most)s MB. Compress it or split it.")
                % {"most": MOST_BYTES // 1024 // 1024}
            )
        sm3.update(piece)
    if size == 0:
        raise _no(_("The file is empty. Choose the right file."))
    return size, sm3.finalize().hex()


def _require_type(upload: "File[Any]", extension: str) -> None:
    upload.seek(0)
    found = magic.from_buffer(upload.read(8192), mime=True)
    if found not in TYPES[extension]:
        raise _no(
            _(
                "The file is called .%(extension)s, but it is really %(found)s. "
                "Upload the original file."
            )
            % {"extension": extension, "found": in_words(found)}
        )


def in_words(content_type: str) -> str:
    """A type that libmagic found, as its reader calls it; never the type's own name."""
    family = content_type.partition("/")[0]
    words = FOUND.get(content_type) or FOUND.get(family) or _("a file of an unknown kind")
    return str(words)


def _require_structure(upload: "File[Any]", extension: str) -> None:
    upload.seek(0)
    if extension == "pdf":
        _require_pdf(upload)
    elif extension in MAIN_PART:
        _require_office(upload, extension)
    else:
        _require_image(upload)


def _require_pdf(upload: "IO[bytes] | File[Any]") -> None:
    import pikepdf  # a large library, loaded only when a PDF arrives

    data = upload.read()
    if not data.startswith(b"%PDF-"):
        raise _no(_("This is not a PDF from its first byte. Export it again."))
    try:
        with pikepdf.open(io.BytesIO(data)) as document:
            pages = len(document.pages)
            acts = any(_acts(one) for one in document.objects)
    except pikepdf.PasswordError:
        raise _no(_("The PDF is locked by a password. Upload it without one.")) from None
    except (pikepdf.PdfError, ValueError, RuntimeError):
        raise _no(_("The PDF is damaged and cannot be opened. Export it again.")) from None
    if pages == 0:
        raise _no(_("The PDF has no page."))
    if acts:
        raise _no(_("The PDF contains a script or starts a program. Print it to a PDF without."))


def _acts(part: Any) -> bool:
    """Whether this object of a PDF runs something in the reader: a script, or a program."""
    import pikepdf

    plain = part.stream_dict if isinstance(part, pikepdf.Stream) else part
    written = plain.unparse(resolved=True) if isinstance(plain, pikepdf.Object) else b""
    return RUNS.search(written) is not None


def _require_office(upload: Any, extension: str) -> None:
    try:
        with zipfile.ZipFile(upload) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise _no(_("The document is damaged and cannot be opened. Save it again.")) from None
    names = {entry.filename for entry in entries}
    if "[Content_Types].xml" not in names or MAIN_PART[extension] not in names:
        raise _no(
            _(
                "The content is not a .%(extension)s document. "
                "Save it again from the office program."
            )
            % {"extension": extension}
        )
    if any(n.lower().endswith("vbaproject.bin") for n in names):
        raise _no(_("The document contains macros. Save it without them."))
    unpacked = sum(entry.file_size for entry in entries)
    packed = max(sum(entry.compress_size for entry in entries), 1)
    if len(entries) > MOST_ENTRIES or unpacked > MOST_UNPACKED or unpacked / packed > MOST_RATIO:
        raise _no(_("The document unfolds to far more than its size and is refused."))
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise _no(_("The document is locked by a password. Upload it without one."))


def _require_image(upload: Any) -> None:
    from PIL import Image, UnidentifiedImageError  # comes with pikepdf, loaded only when needed

    try:
        with Image.open(upload) as picture:
            picture.verify()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise _no(_("The picture is damaged and cannot be opened.")) from None


def _no(message: Any) -> Invalid:
    return Invalid(message, "upload")
