"""Batches for the treasury: the list, one batch, forming, sending, the table, the answer."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import SignedInRequest
from accounts.roles import Role
from accounts.rules import has_role
from applications.tables import csv_response, xlsx_response
from audit.refusals import NotPermitted, Refused
from awards import rules
from awards.batch_table import HEADER, table
from awards.forms.batches import AnswerFileForm, BatchForm
from awards.forms.refusing import add_refusal
from awards.models import Payment, PaymentBatch
from awards.selectors import batches as rows
from awards.services import batches as acts
from awards.services.treasury_answers import import_answer
from awards.wording import amount_text

PAGE_SIZE = 50


def guard(request: SignedInRequest) -> None:
    if not rules.sees_funding(request.user):
        raise NotPermitted(_("Batches for the treasury are open to the province's officers."))


def batch_of(request: SignedInRequest, number: str) -> PaymentBatch:
    guard(request)
    found = rows.batch_by_number(number)
    if found is None:
        raise Http404
    return found


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def batch_list(request: SignedInRequest) -> HttpResponse:
    """Every batch; a finance officer forms the next from what is released."""
    guard(request)
    finance = has_role(request.user, Role.FINANCE_OFFICER)
    free = list(rows.unbatched()[: acts.MOST]) if finance else []
    form = BatchForm(
        request.POST if request.method == "POST" else None,
        payments=[(payment.pk, _payment_words(payment)) for payment in free],
        initial={"payments": [payment.pk for payment in free]},
    )
    if request.method == "POST":
        rules.require(request.user, Role.FINANCE_OFFICER)
        if form.is_valid():
            try:
                made = acts.form_batch(payments=form.cleaned_data["payments"], by=request.user)
            except Refused as refused:
                add_refusal(form, refused)
            else:
                messages.success(request, _("Formed. Another finance officer checks and sends it."))
                return redirect("awards:batch", number=made.number)
    page = Paginator(rows.batches(), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "form": form,
        "free": free,
        "finance": finance,
        "nav_current": "awards:batches",
    }
    return render(request, "awards/batch_list.html", context, status=422 if form.is_bound else 200)


def _payment_words(payment: Payment) -> str:
    instalment = payment.instalment
    application = instalment.award.application
    return _("%(firm)s, %(title)s, instalment %(n)s: %(sum)s") % {
        "firm": payment.payee,
        "title": application.title,
        "n": instalment.sequence,
        "sum": amount_text(payment.amount),
    }


@login_required
@require_safe
def batch(request: SignedInRequest, number: str) -> HttpResponse:
    """One batch with its payments, and the act that is this person's."""
    return page_of(request, batch_of(request, number))


def page_of(
    request: SignedInRequest,
    found: PaymentBatch,
    form: AnswerFileForm | None = None,
    status: int = 200,
) -> HttpResponse:
    finance = has_role(request.user, Role.FINANCE_OFFICER)
    page = Paginator(rows.lines_of(found), PAGE_SIZE).get_page(request.GET.get("page"))
    draft, sent = found.status == "draft", found.status in ("sent", "settled")
    context: dict[str, Any] = {
        "batch": found,
        "page": page,
        "answers": found.answers.select_related("imported_by").order_by("-pk"),
        "differing": found.differing,  # type: ignore[attr-defined]  # annotated
        "can_send": finance and draft and found.formed_by_id != request.user.pk,
        "own": finance and draft and found.formed_by_id == request.user.pk,
        "can_dissolve": finance and draft,
        "can_import": finance and sent,
        "sent": sent,
        "form": form or AnswerFileForm(),
        "nav_current": "awards:batches",
    }
    return render(request, "awards/batch.html", context, status=status)


@login_required
@require_POST
def send(request: SignedInRequest, number: str) -> HttpResponse:
    """Another finance officer sends the batch."""
    acts.send_batch(batch=batch_of(request, number), by=request.user)
    messages.success(request, _("Sent. Hand the table to the treasury, then import its answer."))
    return redirect("awards:batch", number=number)


@login_required
@require_POST
def dissolve(request: SignedInRequest, number: str) -> HttpResponse:
    """A batch that was not sent is given up."""
    acts.dissolve_batch(batch=batch_of(request, number), by=request.user)
    messages.success(request, _("Dissolved; its payments can go into another batch."))
    return redirect("awards:batches")


@login_required
@require_safe
def batch_table(request: SignedInRequest, number: str, kind: str) -> HttpResponse:
    """The batch as CSV or XLSX for the treasury, once it is sent; sums in yuan."""
    found = batch_of(request, number)
    if kind not in ("csv", "xlsx") or found.status not in ("sent", "settled"):
        raise Http404
    live = rows.lines_of(found).filter(left_at__isnull=True)
    write = csv_response if kind == "csv" else xlsx_response
    return write(f"{found.number}.{kind}", [str(name) for name in HEADER], table(live))


@login_required
@require_POST
def answer(request: SignedInRequest, number: str) -> HttpResponse:
    """Import the treasury's answer; what is right is recorded as paid."""
    guard(request)
    rules.require(request.user, Role.FINANCE_OFFICER)
    form = AnswerFileForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            _answer, taken = import_answer(
                number=number, upload=form.cleaned_data["upload"], by=request.user
            )
        except Refused as refused:
            add_refusal(form, refused)
        else:
            right = sum(row.finding == "right" for row in taken)
            messages.success(
                request,
                ngettext(
                    "%(count)s payment recorded as paid.",
                    "%(count)s payments recorded as paid.",
                    right,
                )
                % {"count": right},
            )
            return redirect("awards:reconciliation", number=number)
    return page_of(request, batch_of(request, number), form, 422)
