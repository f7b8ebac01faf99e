"""The entries of a year: what moved each figure, who entered it and why."""

from decimal import Decimal
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from applications.tables import csv_response, xlsx_response
from audit.refusals import NotPermitted
from awards import rules
from awards.ledger import Account
from awards.models import ACCOUNT_NAMES, KIND_NAMES, Envelope, LedgerEntry
from awards.selectors import ledger
from calendars.wording import local

PAGE_SIZE = 50


def _envelope(request: SignedInRequest, code: str, year: int) -> Envelope:
    if not rules.sees_funding(request.user):
        raise NotPermitted(_("The envelope is open to the province's officers."))
    rows = Envelope.objects.select_related("scheme")
    return get_object_or_404(rows, scheme__code=code, year=year)


def _account(request: SignedInRequest) -> str:
    """The account asked for; "" for all entries."""
    asked = request.GET.get("account", "")
    if asked and asked not in ACCOUNT_NAMES:
        raise Http404
    return asked


@login_required
@require_safe
def ledger_page(request: SignedInRequest, code: str, year: int) -> HttpResponse:
    """A year's entries, or those of one account with its running balance, the newest first."""
    envelope, account = _envelope(request, code, year), _account(request)
    page: Any = Paginator(ledger.entries(envelope, account), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    page.object_list = [_row(entry, account) for entry in page.object_list]
    shown = [(Account.AUTHORITY.value, _("Ceiling"), envelope.ceiling)]
    shown += [(a.value, ACCOUNT_NAMES[a], getattr(envelope, a.value)) for a in ledger.SHOWN]
    context = {
        "envelope": envelope,
        "account": account,
        "name": next((name for key, name, _sum in shown if key == account), ""),
        "accounts": shown,
        "page": page,
        "nav_current": "awards:envelope",
    }
    return render(request, "awards/ledger.html", context)


def _row(entry: LedgerEntry, account: str) -> dict[str, Any]:
    text, url = _cause(entry)
    return {
        "number": entry.number,
        "at": entry.at,
        "kind": KIND_NAMES[entry.kind],
        "credit": ACCOUNT_NAMES[entry.credit],
        "debit": ACCOUNT_NAMES[entry.debit],
        "amount": entry.moved if account else entry.amount,  # type: ignore[attr-defined]  # annotated
        "balance": entry.balance if account else None,  # type: ignore[attr-defined]  # annotated
        "cause": text,
        "url": url,
        "document": entry.document,
        "reason": entry.reason,
        "by": entry.by,
    }


def _cause(entry: LedgerEntry) -> tuple[str, str]:
    """What caused an entry, and its page."""
    if entry.payment is not None:
        url = reverse("awards:instalment", args=[entry.payment.instalment_id])
        return entry.award.application.title, url
    if entry.award is not None:
        application = entry.award.application
        return application.title, reverse("applications:dossier", args=[application.pk])
    if entry.item is not None:
        number = entry.item.funding_list.call.number
        return entry.item.application.title, reverse("awards:funding", args=[number])
    url = reverse("awards:envelope")
    if entry.carry is not None:
        years = {"source": entry.carry.source.year, "target": entry.carry.target.year}
        return _("from %(source)s to %(target)s") % years, f"{url}#y{entry.carry.source.year}"
    return _("ceiling by document"), f"{url}#y{entry.envelope.year}"


@login_required
@require_safe
def ledger_table(request: SignedInRequest, code: str, year: int, kind: str) -> HttpResponse:
    """The same entries as CSV or XLSX, the oldest first; sums in yuan."""
    envelope, account = _envelope(request, code, year), _account(request)
    if kind not in ("csv", "xlsx"):
        raise Http404
    header = [
        *(pgettext("ledger", "No."), pgettext("ledger", "When"), pgettext("ledger", "Entry")),
        *(pgettext("ledger", "From"), pgettext("ledger", "To"), _("Amount, yuan")),
        *(_("Balance, yuan"), pgettext("ledger", "Cause"), _("Document"), _("Reason")),
        pgettext("ledger", "By"),
    ]
    rows = [_cells(_row(e, account)) for e in ledger.entries(envelope, account).reverse()]
    name = f"{code}-{year}-{account or 'ledger'}.{kind}"
    write = csv_response if kind == "csv" else xlsx_response
    return write(name, header, rows)


def _cells(row: dict[str, Any]) -> tuple[int | str | Decimal | None, ...]:
    return (
        *(row["number"], f"{local(row['at']):%Y-%m-%d %H:%M:%S}", str(row["kind"])),
        *(str(row["credit"]), str(row["debit"]), row["amount"], row["balance"], row["cause"]),
        *(row["document"], row["reason"], str(row["by"])),
    )
