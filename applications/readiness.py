"""What still stands between a draft and its submission."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from applications import sections
from applications.crosschecks import Contradiction, contradictions
from applications.models import Application, Attachment, Section


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing missing: section, field (or document) and the sentence for the applicant."""

    section: str
    field: str
    text: str | Promise


@dataclass(frozen=True, slots=True)
class Readiness:
    gaps: tuple[Gap, ...]
    contradictions: tuple[Contradiction, ...]

    @property
    def blocking(self) -> tuple[Contradiction, ...]:
        return tuple(c for c in self.contradictions if c.blocks)

    @property
    def warnings(self) -> tuple[Contradiction, ...]:
        return tuple(c for c in self.contradictions if not c.blocks)

    @property
    def open_points(self) -> int:
        """How many things keep the dossier from being submitted."""
        return len(self.gaps) + len(self.blocking)

    @property
    def ready(self) -> bool:
        return not self.gaps and not self.blocking

    def contradictions_in(self, code: str) -> tuple[Contradiction, ...]:
        return tuple(c for c in self.contradictions if c.section == code)


def data_of(rows: Sequence[Section]) -> dict[str, dict[str, str]]:
    return {row.code: row.data for row in rows}


def document_name(document: Mapping[str, Any]) -> str:
    english = (get_language() or "").startswith("en")
    return str(
        document.get("name_en") if english and document.get("name_en") else document["name_zh"]
    )


def missing_documents(
    required: Sequence[Mapping[str, Any]], attachments: Sequence[Attachment]
) -> list[Mapping[str, Any]]:
    """The call's required documents of which no file is there."""
    present = {a.document for a in attachments}
    return [d for d in required if d.get("required") and d["code"] not in present]


def readiness_of(
    application: Application,
    data: Mapping[str, Mapping[str, str]],
    attachments: Sequence[Attachment],
) -> Readiness:
    """Gaps and contradictions of the whole draft; no query."""
    gaps = [
        Gap(code, field.name, _("“%(label)s” is empty.") % {"label": field.label})
        for code in sections.CODES
        for field in sections.missing(code, data.get(code, {}))
    ]
    gaps += [
        Gap(
            "attachments",
            document["code"],
            _("“%(document)s” has not been uploaded.") % {"document": document_name(document)},
        )
        for document in missing_documents(application.call.required_documents, attachments)
    ]
    order = {code: n for n, code in enumerate(sections.CODES)}
    found = contradictions(data, max_request=application.call.max_request)
    return Readiness(
        tuple(sorted(gaps, key=lambda g: order[g.section])),
        tuple(sorted(found, key=lambda c: order[c.section])),
    )
