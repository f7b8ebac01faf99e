"""What stands on the pages of a PDF: its text by the fonts' own tables, as a reader copies it."""

import io
import re

import pikepdf

HEX = re.compile(rb"<([0-9a-fA-F\s]*)>")


def pages(document: bytes) -> list[str]:
    """The text of each page, blanks and places to break taken out."""
    with pikepdf.open(io.BytesIO(document)) as pdf:
        return [re.sub(r"[\s\u200b]+", "", _text(page, page.Resources)) for page in pdf.pages]


def _text(content, resources) -> str:
    tables = {name: _table(font) for name, font in resources.get("/Font", {}).items()}
    forms = resources.get("/XObject", {})
    found, table = [], {}
    for operands, operator in pikepdf.parse_content_stream(content):
        name = str(operator)
        if name == "Tf":
            table = tables[str(operands[0])]
        elif name == "Tj":
            found.append(_decoded(operands[0], table))
        elif name == "TJ":
            found += [_decoded(o, table) for o in operands[0] if isinstance(o, pikepdf.String)]
        elif name == "Do" and forms[str(operands[0])].get("/Subtype") == "/Form":
            form = forms[str(operands[0])]
            found.append(_text(form, form.get("/Resources", resources)))
    return "".join(found)


def _decoded(text, table) -> str:
    raw = bytes(text)
    return "".join(table.get(raw[at : at + 2], "\ufffd") for at in range(0, len(raw), 2))


def _table(font) -> dict[bytes, str]:
    """Two bytes of a glyph → its text."""
    table: dict[bytes, str] = {}
    cmap = font.ToUnicode.read_bytes()
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", cmap, re.DOTALL):
        given = [bytes.fromhex(h.decode()) for h in HEX.findall(block)]
        for glyph, text in zip(given[::2], given[1::2], strict=True):
            table[glyph] = text.decode("utf-16-be")
    for block in re.findall(rb"beginbfrange(.*?)endbfrange", cmap, re.DOTALL):
        given = [bytes.fromhex(h.decode()) for h in HEX.findall(block)]
        for low, high, text in zip(given[::3], given[1::3], given[2::3], strict=True):
            first = int.from_bytes(low, "big")
            for n in range(int.from_bytes(high, "big") - first + 1):
                table[(first + n).to_bytes(2, "big")] = chr(ord(text.decode("utf-16-be")) + n)
    return table
