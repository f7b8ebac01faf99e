"""Files that are what they say, and files that are not."""

import io
import zipfile

import pikepdf
import pytest
from django.core.files.base import ContentFile
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from applications import uploads
from audit.refusals import Invalid
from tests.applications import filling


def docx(main: str = "word/document.xml", extra: dict[str, bytes] | None = None) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(main, "<w:document/>")
        for name, data in (extra or {}).items():
            archive.writestr(name, data)
    return out.getvalue()


def pdf(action: pikepdf.Dictionary | None = None) -> bytes:
    """A blank page; `action` is what the reader is told to do on opening it."""
    out = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        if action is not None:
            document.Root.OpenAction = action
        document.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()


SCRIPT = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
PROGRAM = pikepdf.Dictionary(S=pikepdf.Name.Launch, F="cmd.exe")


def png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "PNG")
    return out.getvalue()


GOOD = [
    ("a.pdf", filling.pdf().read()),
    ("A.PDF", filling.pdf().read()),
    ("b.png", png()),
    ("c.docx", docx()),
    ("d.xlsx", docx("xl/workbook.xml")),
]
BAD = [
    ("empty.pdf", b""),
    ("noname", b"%PDF-1.4"),
    ("page.html", b"<html></html>"),
    ("run.exe", b"MZ"),
    ("image.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
    ("really-html.pdf", b"<html><script>alert(1)</script></html>"),
    ("polyglot.pdf", b"<html>" + filling.pdf().read()),
    ("cut.pdf", filling.pdf().read()[:60]),
    ("picture.pdf", png()),
    ("pdf.png", filling.pdf().read()),
    ("cut.png", png()[:30]),
    ("zip.docx", docx("other.xml")),
    ("sheet.docx", docx("xl/workbook.xml")),
    ("script.pdf", pdf(SCRIPT)),
    ("next.pdf", pdf(pikepdf.Dictionary(S=pikepdf.Name.GoTo, D="x", Next=SCRIPT))),
    ("program.pdf", pdf(PROGRAM)),
    ("macro.docx", docx(extra={"word/vbaProject.bin": b"x"})),
    ("bomb.docx", docx(extra={"word/media/image1.bin": bytes(40_000_000)})),
    ("big.pdf", b"%PDF-1.4" + bytes(uploads.MOST_BYTES)),
]


@pytest.mark.parametrize(("name", "data"), GOOD)
def test_good_files_pass(name, data):
    checked = uploads.check(ContentFile(data, name=name))
    assert (checked.size, len(checked.digest)) == (len(data), 64)


@pytest.mark.parametrize(("name", "data"), BAD, ids=[n for n, _d in BAD])
def test_bad_files_are_refused_with_a_reason(name, data):
    with pytest.raises(Invalid) as refused:
        uploads.check(ContentFile(data, name=name))
    assert refused.value.field == "upload"
    assert str(refused.value)


@pytest.mark.parametrize(
    ("data", "chinese", "english"),
    [
        ("申报指南\n".encode(), "文本文件", "a text file"),
        (b"<!doctype html><html><body>x</body></html>", "网页", "a web page"),
        (png(), "PNG 图片", "a PNG picture"),
        (b"GIF89a" + bytes(20), "其他格式的图片", "a picture of another format"),
        (bytes(64), "未知类型的文件", "a file of an unknown kind"),
    ],
)
def test_what_a_file_really_is_is_told_in_words(data, chinese, english):
    said = {}
    for language in ("zh-hans", "en"):
        with translation.override(language), pytest.raises(Invalid) as refused:
            uploads.check(ContentFile(data, name="批复.pdf"))
        said[language] = str(refused.value)
    assert said == {
        "zh-hans": f"文件扩展名为 .pdf，实际却是{chinese}，请上传原始文件。",
        "en": f"The file is called .pdf, but it is really {english}. Upload the original file.",
    }


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\\\docs\\\\执照.pdf", "执照.pdf"),
        ("a\u202egpj.pdf", "agpj.pdf"),
        ('q"<>|.pdf', "q____.pdf"),
        ("x" * 300 + ".pdf", "x" * 110 + ".pdf"),
    ],
)
def test_names_are_cleaned(given_name, kept):
    assert uploads.clean_name(given_name) == kept


@given(st.text())
def test_any_name_becomes_one_that_can_be_stored(name):
    kept = uploads.clean_name(name)
    assert len(kept) <= 120
    assert not set(kept) & set('/\\\\<>:"|?*\x00\r\n')
