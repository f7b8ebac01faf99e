"""The message catalogues: `messages.py extract [APP …] [--prune] | compile | check`.

Each app has a catalogue of its own, `locale/<app>/zh_Hans/LC_MESSAGES/django.po`; `base` is
config/ and the templates that belong to no app. English is in the sources. No GNU gettext needed.

extract  brings new strings into the catalogues, keeps translations, sets what is gone aside
         (`--prune` drops it)
compile  writes the .mo files that Django reads, where they are older
check    exit 1 and one line for each string that is missing, empty, fuzzy, left over, has other
         placeholders than the English, or is translated otherwise in another catalogue
"""

import ast
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

BASE = Path(__file__).resolve().parent.parent
LANGUAGE = "zh_Hans"
SHARED = "base"
HEADER = (
    'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    '"Language: zh_Hans\\n"\n"Plural-Forms: nplurals=1; plural=0;\\n"\n\n'
)
# Which arguments are the context, the singular and the plural.
KEYWORDS: dict[str, tuple[int | None, int, int | None]] = {
    "_": (None, 0, None),
    "gettext": (None, 0, None),
    "gettext_lazy": (None, 0, None),
    "gettext_noop": (None, 0, None),
    "ngettext": (None, 0, 1),
    "ngettext_lazy": (None, 0, 1),
    "pgettext": (0, 1, None),
    "pgettext_lazy": (0, 1, None),
    "npgettext": (0, 1, 2),
    "npgettext_lazy": (0, 1, 2),
}
LITERAL = r"""[uU]?(?:"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')"""
CALL = re.compile(
    rf"\b(_|n?p?gettext)\(\s*({LITERAL})(?:\s*,\s*({LITERAL}))?(?:\s*,\s*({LITERAL}))?"
)
PLACEHOLDER = re.compile(r"%\(\w+\)[#0\- +]*[\d.]*[a-zA-Z]|%[sd]|\{\w*(?:[.:][^{}]*)?\}")

Found = tuple[str | None, str, str | None]  # context, singular, plural
Key = tuple[str | None, str]


def apps() -> list[str]:
    """The project's apps, by the directories that declare one; `base` first."""
    names = sorted(p.parent.name for p in BASE.glob("*/apps.py"))
    return [SHARED, *(n for n in names if n != "config")]


def sources(name: str) -> Iterator[Path]:
    """The files whose strings belong to this catalogue, in a stable order."""
    templates = BASE / "templates"
    if name == SHARED:
        own = set(apps())
        code = BASE / "config"
        pages = [p for p in templates.rglob("*") if p.relative_to(templates).parts[0] not in own]
    else:
        code = BASE / name
        pages = [*(templates / name).rglob("*"), *(code / "templates").rglob("*")]
    yield from sorted(p for p in code.rglob("*.py") if "migrations" not in p.parts)
    yield from sorted(p for p in pages if p.suffix in (".html", ".txt"))


def found_in_code(path: Path) -> Iterator[Found]:
    keywords = dict.fromkeys(KEYWORDS)
    with path.open("rb") as file:
        for _line, function, arguments, _comments in extract_python(file, keywords, (), {}):
            given: Any = arguments  # Babel's types are narrower than what it yields
            texts = list(given) if isinstance(given, tuple | list) else [given]
            found = _pick(str(function), texts)
            if found is not None:
                yield found


def found_in_template(path: Path) -> Iterator[Found]:
    """Django turns the template into calls of gettext among filler; the calls are read off."""
    text = templatize(path.read_text(), origin=str(path.relative_to(BASE)))
    for match in CALL.finditer(text):
        function, *literals = match.groups()
        texts = [ast.literal_eval(t) if t else None for t in literals]
        found = _pick(function, texts)
        if found is not None:
            yield found


def _pick(function: str, texts: Sequence[str | None]) -> Found | None:
    context, singular, plural = KEYWORDS[function]
    last = max(i for i in (context, singular, plural) if i is not None)
    if len(texts) <= last or not texts[singular]:
        return None
    said = texts[singular]
    assert said is not None
    return (
        texts[context] if context is not None else None,
        said,
        texts[plural] if plural is not None else None,
    )


def extracted(name: str) -> Catalog:
    """A catalogue of every string in the sources, untranslated, with the files that say it."""
    catalog = Catalog(locale=LANGUAGE, fuzzy=False)
    for path in sources(name):
        place = str(path.relative_to(BASE))
        read = found_in_code if path.suffix == ".py" else found_in_template
        for context, singular, plural in read(path):
            known = catalog.get(singular, context)
            if known is not None and any(file == place for file, _line in known.locations):
                continue
            said = (singular, plural) if plural else singular
            catalog.add(said, locations=[(place, 0)], context=context)
    return catalog


def po_file(name: str) -> Path:
    return BASE / "locale" / name / LANGUAGE / "LC_MESSAGES" / "django.po"


def stored(name: str) -> Catalog:
    """The catalogue as committed; an empty one when there is none."""
    path = po_file(name)
    if not path.exists():
        return Catalog(locale=LANGUAGE, fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=LANGUAGE)


def entries(catalog: Catalog) -> dict[Key, Message]:
    return {key_of(m): m for m in catalog if m.id}


def key_of(message: Message) -> Key:
    return message.context, message.id if isinstance(message.id, str) else message.id[0]


def texts_of(message: Message) -> list[str]:
    """The translations: one, or one for each plural form."""
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


def merge(name: str, *, prune: bool) -> tuple[int, int]:
    """Bring the catalogue up to the sources. Returns how many strings, how many untranslated."""
    fresh, old = extracted(name), stored(name)
    known = entries(old)
    aside = {key_of(m): m for m in old.obsolete.values()}
    for key, message in entries(fresh).items():
        earlier = known.pop(key, None) or aside.pop(key, None)
        if earlier is None:
            continue
        texts = texts_of(earlier)
        is_plural = not isinstance(message.id, str)
        message.string = tuple(texts[:1]) if is_plural else texts[0]
        message.flags |= earlier.flags & {"fuzzy"}
        message.user_comments = earlier.user_comments
    if not prune:
        left = {**aside, **{k: m for k, m in known.items() if any(texts_of(m))}}
        for message in left.values():
            fresh.obsolete[message.id] = message  # type: ignore[index]  # plurals are pairs here
    write(fresh, po_file(name), is_pruned=prune)
    messages = entries(fresh).values()
    return len(messages), sum(1 for m in messages if not all(texts_of(m)))


def write(catalog: Catalog, path: Path, *, is_pruned: bool) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".part")
    with partial.open("wb") as file:
        file.write(HEADER.encode())
        write_po(
            file,
            catalog,
            width=100,
            omit_header=True,
            sort_output=True,
            include_lineno=False,
            ignore_obsolete=is_pruned,
        )
    partial.write_text(partial.read_text().rstrip("\n") + "\n")
    partial.replace(path)


def compile_catalogues() -> int:
    """Write the .mo files that are older than their .po. Returns how many."""
    count = 0
    for path in sorted(BASE.glob(f"locale/*/{LANGUAGE}/LC_MESSAGES/django.po")):
        target = path.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= path.stat().st_mtime_ns:
            continue
        partial = target.with_suffix(".part")
        with path.open("rb") as source, partial.open("wb") as file:
            write_mo(file, read_po(source, locale=LANGUAGE))
        partial.replace(target)
        count += 1
    return count


def problems(name: str) -> Iterator[str]:
    """One line for each fault of this catalogue."""
    wanted, catalog = entries(extracted(name)), stored(name)
    have = entries(catalog)
    for key in wanted.keys() - have.keys():
        yield f"{name}: not in the catalogue: {key[1]!r}"
    for key in have.keys() - wanted.keys():
        yield f"{name}: no longer in the sources: {key[1]!r}"
    for message in catalog.obsolete.values():
        yield f"{name}: left over: {key_of(message)[1]!r}"
    for key in wanted.keys() & have.keys():
        yield from (f"{name}: {fault}: {key[1]!r}" for fault in faults(have[key]))


def faults(message: Message) -> Iterator[str]:
    texts = texts_of(message)
    if not all(texts):
        yield "not translated"
        return
    if "fuzzy" in message.flags:
        yield "fuzzy"
    english = [message.id] if isinstance(message.id, str) else list(message.id)
    for text in texts:
        if placeholders(text) != placeholders(english[-1]):
            yield "other placeholders"
        if text.startswith("\n") != english[0].startswith("\n") or (
            text.endswith("\n") != english[0].endswith("\n")
        ):
            yield "other line breaks at the ends"


def placeholders(text: str) -> list[str]:
    return sorted(set(PLACEHOLDER.findall(text)))


def contradictions(names: Iterable[str]) -> Iterator[str]:
    """Strings that two catalogues translate differently: which one a page shows is chance."""
    first: dict[Key, tuple[str, list[str]]] = {}
    for name in names:
        for key, message in entries(stored(name)).items():
            texts = texts_of(message)
            if not all(texts):
                continue
            where, said = first.setdefault(key, (name, texts))
            if said != texts:
                yield f"{where} and {name} differ: {key[1]!r}: {said[0]!r}, {texts[0]!r}"


def main(arguments: Sequence[str]) -> int:
    names = [a for a in arguments[1:] if not a.startswith("-")]
    unknown = set(names) - set(apps())
    if not arguments or arguments[0] not in ("extract", "compile", "check") or unknown:
        print(__doc__, file=sys.stderr)
        return 2
    if arguments[0] == "compile":
        print(f"{compile_catalogues()} catalogues compiled")
        return 0
    if arguments[0] == "extract":
        for name in names or apps():
            total, empty = merge(name, prune="--prune" in arguments)
            print(f"{name}: {total} strings, {empty} to translate")
        return 0
    told = [p for name in names or apps() for p in sorted(problems(name))]
    told += sorted(contradictions(apps())) if not names else []
    print("\n".join(told) or "catalogues complete")
    return 1 if told else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
