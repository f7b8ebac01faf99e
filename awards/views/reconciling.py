"""What the treasury's answer does not match, and how two finance officers settle it."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import SignedInRequest
from accounts.roles import Role
from accounts.rules import has_role
from audit.refusals import Refused
from awards import rules
from awards.forms.batches import SettlementForm
from awards.forms.refusing import add_refusal
from awards.models import AnswerLine, BatchLine, PaymentBatch
from awards.selectors import batches as rows
from awards.services import settlements as acts
from awards.views.batches import PAGE_SIZE, batch_of, guard
from awards.wording import amount_text


@login_required
@require_safe
def reconciliation(request: SignedInRequest, number: str) -> HttpResponse:
    """Rows that do not match, payments that were not answered, and what was settled."""
    found = batch_of(request, number)
    finance = has_role(request.user, Role.FINANCE_OFFICER)
    shown = request.GET.get("page")
    context: dict[str, Any] = {
        "batch": found,
        "rows": Paginator(rows.rows_to_settle(found), PAGE_SIZE).get_page(shown),
        "missing": Paginator(rows.missing(found), PAGE_SIZE).get_page(shown)
        if found.status == "sent"
        else None,
        "history": rows.history(found)[:PAGE_SIZE],
        "answers": found.answers.exists(),
        "finance": finance,
        "nav_current": "awards:batches",
    }
    return render(request, "awards/reconciliation.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def settle(request: SignedInRequest, number: str, what: str, pk: int) -> HttpResponse:
    """Say how a row (`what` row), or a payment without an answer (line), is settled."""
    found = batch_of(request, number)
    rules.require(request.user, Role.FINANCE_OFFICER)
    row, line = _subject(found, what, pk)
    unpaid = rows.lines_of(found).filter(left_at__isnull=True, payment__voucher_no__isnull=True)
    choices = {one.pk: one for one in unpaid} if row is not None else {}
    form = _form(request, row, choices.values())
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        meant = line or choices.get(data.pop("line", None))
        try:
            acts.propose_settlement(
                batch=found, answer_line=row, line=meant, by=request.user, **data
            )
        except Refused as refused:
            add_refusal(form, refused)
        else:
            messages.success(request, _("Recorded. It counts once another officer confirms it."))
            return redirect("awards:reconciliation", number=number)
    context = {
        "batch": found,
        "row": row,
        "line": line,
        "form": form,
        "nav_current": "awards:batches",
    }
    return render(request, "awards/settle.html", context, status=422 if form.is_bound else 200)


def _subject(batch: PaymentBatch, what: str, pk: int) -> tuple[AnswerLine | None, BatchLine | None]:
    """The row of an answer, or the payment of the batch, that is settled; 404 for others."""
    if what == "row":
        shown = rows.open_rows(batch).select_related("answer", "line__payment")
        return get_object_or_404(shown, pk=pk), None
    if what == "line":
        return None, get_object_or_404(rows.missing(batch), pk=pk)
    raise Http404


def _form(
    request: SignedInRequest, row: AnswerLine | None, lines: Iterable[BatchLine]
) -> SettlementForm:
    choices = [
        (one.pk, f"{one.reference} {one.payment.payee} {amount_text(one.payment.amount)}")
        for one in lines
    ]
    initial: dict[str, Any] = {"paid_on": request.clock.today}
    if row is not None:
        initial = {"line": row.line_id, "voucher_no": row.voucher_no, "paid_on": row.paid_on}
    return SettlementForm(
        request.POST or None, of_row=row is not None, lines=choices, initial=initial
    )


@login_required
@require_POST
def settlement(request: SignedInRequest, pk: int) -> HttpResponse:
    """Another finance officer confirms or refuses what a colleague asked; who asked withdraws."""
    guard(request)
    if "confirm" in request.POST:
        row = acts.confirm_settlement(settlement=pk, by=request.user)
        messages.success(request, _("Confirmed and done."))
    elif "withdraw" in request.POST:
        row = acts.withdraw_settlement(settlement=pk, by=request.user)
        messages.success(request, _("Taken back; it stays open."))
    else:
        row = acts.refuse_settlement(settlement=pk, by=request.user)
        messages.success(request, _("Refused; it stays open."))
    return redirect("awards:reconciliation", number=row.batch.number)
