"""What each finding of the duplicate and credit checks says, in the reader's language."""

from typing import Any

from django.utils.translation import gettext as _

from applications.wording import STATUS_NAMES
from applications.workflow import Status


def finding_text(kind: str, code: str, details: dict[str, Any]) -> str:
    """One sentence; unknown codes show their code rather than nothing."""
    name = code.partition(":")[0]
    values = {**details, "state": _state(details.get("status", ""))}
    texts = {
        "same_project_code": _(
            "Project code %(value)s also stands in %(number)s “%(title)s” of %(firm)s (%(state)s)."
        ),
        "same_filing": _(
            "Filing certificate %(value)s also stands in %(number)s “%(title)s” of %(firm)s "
            "(%(state)s)."
        ),
        "same_land": _(
            "Parcel %(value)s also stands in %(number)s “%(title)s” of %(firm)s (%(state)s)."
        ),
        "funded_before": _(
            "The firm was funded before: %(number)s “%(title)s”, call %(call)s (%(state)s)."
        ),
        "same_firm": _("The firm has another dossier in this call: %(number)s “%(title)s”."),
        "applied_before": _(
            "The firm applied before: %(number)s “%(title)s”, call %(call)s (%(state)s)."
        ),
        "alike": _(
            "The name is much like %(number)s “%(title)s” of %(firm)s (likeness %(likeness)s)."
        ),
        "dishonest": _("Dishonest judgment debtor since %(since)s: %(text)s (%(source)s)."),
        "serious": _("On the list of serious violations since %(since)s: %(text)s (%(source)s)."),
        "safety": _("Work-safety accident on %(since)s: %(text)s (%(source)s)."),
        "environment": _("Environmental penalty on %(since)s: %(text)s (%(source)s)."),
        "not_accepted": _(
            "A project of the firm was not accepted on %(since)s: %(text)s (%(source)s)."
        ),
        "terminated": _(
            "A project of the firm was terminated on %(since)s: %(text)s (%(source)s)."
        ),
        "false": _("False figures in a project of the firm on %(since)s: %(text)s (%(source)s)."),
        "unpaid": _("Clawed back money not paid back since %(since)s: %(text)s (%(source)s)."),
    }
    try:
        return texts[name] % values
    except KeyError:
        return f"{kind}: {code}"


def _state(status: str) -> str:
    try:
        return str(STATUS_NAMES[Status(status)])
    except ValueError:
        return status
