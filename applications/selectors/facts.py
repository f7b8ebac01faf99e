"""The facts of a submission that an officer checks first, as label and value."""

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from applications import money, sections
from applications.figures import PERMITS
from applications.models import Application, Submission
from applications.readiness import document_name

Row = tuple[str | Promise, str]
MONEY = ("fixed_assets_yuan", "own_funds_yuan", "signed_loans_yuan", "invested_yuan")


def facts_of(application: Application, submission: Submission) -> list[Row]:
    """Who, what, where, how much; read from the frozen content, not from the draft."""
    content = submission.content
    firm, figures = content.get("firm", {}), content.get("figures", {})
    project = content.get("sections", {}).get("project", {})
    return [
        (_("Applicant"), str(firm.get("name", ""))),
        (_("Unified social credit code"), str(firm.get("uscc", ""))),
        (_("Place of construction"), str(application.region)),
        (_("Industry"), str(application.industry or "")),
        (_("Project code"), str(project.get("project_code", ""))),
        (_("Support asked for"), _money(figures.get("requested_yuan"))),
        *((_label(name), _money(figures.get(name))) for name in MONEY),
        (_label("land_mu"), _number(figures.get("land_mu"), _("mu"))),
        (_("Permits in hand"), _permits(figures)),
        (_label("baseline_headcount"), _number(figures.get("baseline_headcount"), _("persons"))),
        (_label("promised_headcount"), _number(figures.get("promised_headcount"), _("persons"))),
    ]


def files_of(application: Application, submission: Submission) -> list[dict[str, Any]]:
    """The submission's files with the name of the document each was uploaded for; "" for others."""
    names = {d["code"]: document_name(d) for d in application.call.required_documents}
    return [
        {**file, "document_name": names.get(file["document"], "")}
        for file in submission.content.get("attachments", [])
    ]


def _label(name: str) -> str:
    code = sections.FIGURE_FIELDS.get(name)
    return str(sections.BY_CODE[code].field(name).label) if code else name


def _decimal(value: Any) -> Decimal | None:
    try:
        return Decimal(str(value)) if value not in (None, "") else None
    except InvalidOperation:
        return None


def _money(value: Any) -> str:
    amount = _decimal(value)
    if amount is None:
        return ""
    return money.in_words(amount, chinese=not (get_language() or "").startswith("en"))


def _number(value: Any, unit: str) -> str:
    amount = _decimal(value)
    return "" if amount is None else f"{money.grouped(amount)} {unit}"


def _permits(figures: dict[str, Any]) -> str:
    held: Iterable[str] = [name for name in PERMITS if figures.get(name) is True]
    names = [_label(name) for name in held]
    joined = ("、" if not (get_language() or "").startswith("en") else ", ").join(names)
    return _("%(held)s of %(all)s: %(names)s") % {
        "held": len(names),
        "all": len(PERMITS),
        "names": joined or "—",
    }
