"""Payments: the list of instalments, one instalment's page, the three acts on it."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import SignedInRequest
from accounts.roles import Role
from accounts.rules import has_role, is_owner
from audit.refusals import Refused
from awards import rules
from awards.forms.money import InstalmentFilter, PaidForm
from awards.forms.refusing import add_refusal
from awards.models import Instalment, Payment
from awards.selectors import money
from awards.selectors.batches import line_of
from awards.selectors.firm_acts import to_check, to_claim
from awards.selectors.jobs import settlement_of
from awards.services import payments
from awards.views.agreements import guard
from awards.wording import INSTALMENT_STATES, STEP_WORDS, WAITS
from secretaries.rules import verifies

PAGE_SIZE = 50


@login_required
@require_safe
def payment_list(request: SignedInRequest) -> HttpResponse:
    """Every instalment the person may see, with filters."""
    guard(request)
    filters = InstalmentFilter(request.GET or None)
    state = text = ""
    if filters.is_bound and filters.is_valid():
        state, text = filters.cleaned_data["state"], filters.cleaned_data["text"]
    rows = money.instalments(request.user, state, text)
    page: Any = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    page.object_list = [_row(i) for i in page.object_list]
    return render(
        request,
        "awards/payment_list.html",
        {"page": page, "filters": filters, "nav_current": "awards:payments"},
    )


def _row(instalment: Instalment) -> dict[str, Any]:
    application = instalment.award.application
    payment = getattr(instalment, "payment", None)
    return {
        "pk": instalment.pk,
        "title": application.title,
        "number": application.number,
        "firm": application.firm.name,
        "region": application.region,
        "sequence": instalment.sequence,
        "percent": instalment.percent,
        "amount": instalment.payable,
        "planned": instalment.amount,
        "cut": instalment.cut,
        "status": instalment.status,
        "label": INSTALMENT_STATES[instalment.status],
        "voucher": payment.voucher_no if payment else "",
        "paid_on": payment.paid_on if payment else None,
    }


def _instalment(request: SignedInRequest, pk: int) -> Instalment:
    found = money.instalments(request.user).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@login_required
@require_safe
def instalment(request: SignedInRequest, pk: int) -> HttpResponse:
    """One instalment: where it stands, its claim, and the act that is this person's."""
    row = _instalment(request, pk)
    return _page(request, row)


def _page(
    request: SignedInRequest, row: Instalment, form: PaidForm | None = None, status: int = 200
) -> HttpResponse:
    payment = getattr(row, "payment", None)
    claim = row.live_claims[0] if row.live_claims else None  # type: ignore[attr-defined]  # prefetched
    maker = payment.made_by_id if payment else None
    application = row.award.application
    finance = has_role(request.user, Role.FINANCE_OFFICER)
    context = {
        "row": _row(row),
        "application": application,
        "award": row.award,
        "claim": claim,
        "payment": payment,
        "line": line_of(payment) if payment and rules.sees_funding(request.user) else None,
        "jobs": settlement_of(claim) if claim else None,
        "waits": WAITS[row.status],
        "unchecked": to_check().filter(pk=row.pk).exists(),
        "loads": _loads(row),
        "timeline": [
            {"at": s["at"], "who": s["who"], "text": STEP_WORDS[s["key"]], "state": "past"}
            for s in money.payment_steps(payment, claim)
        ],
        "can_claim": is_owner(request.user, application.firm_id)
        and to_claim().filter(pk=row.pk).exists(),
        "returned": money.returned_claim(row),
        "can_verify": row.status == "claimed"
        and verifies(request.user, application, request.clock.today),
        "can_enter": finance and row.status == "verified",
        "can_release": finance and row.status == "entered" and maker != request.user.pk,
        "own_entry": finance and row.status == "entered" and maker == request.user.pk,
        "can_record": finance and row.status == "released",
        "form": form or PaidForm(initial={"paid_on": request.clock.today}),
        "nav_current": "awards:payments",
    }
    return render(request, "awards/instalment.html", context, status=status)


def _loads(row: Instalment) -> list[tuple[Decimal, str, str]]:
    """What is paid of the award and what this instalment adds, for the beam."""
    paid = row.award.paid
    if row.status == "paid":
        return [(paid - row.payable, "", ""), (row.payable, "", "now")]
    return [(paid, "", ""), (row.payable, "", "soft")]


@login_required
@require_POST
def enter(request: SignedInRequest, pk: int) -> HttpResponse:
    """The maker enters the payment of a verified claim."""
    row = _instalment(request, pk)
    claim = row.live_claims[0] if row.live_claims else None  # type: ignore[attr-defined]  # prefetched
    if claim is None:
        raise Http404
    payments.enter_payment(claim=claim, payee=row.award.application.firm.name, by=request.user)
    messages.success(request, _("Entered. Another finance officer releases it."))
    return redirect("awards:instalment", pk=pk)


@login_required
@require_POST
def release(request: SignedInRequest, pk: int) -> HttpResponse:
    """The checker releases what another officer entered."""
    payments.release_payment(payment=_payment(request, pk), by=request.user)
    messages.success(request, _("Released. Record the treasury's voucher once it is paid."))
    return redirect("awards:instalment", pk=pk)


def _payment(request: SignedInRequest, pk: int) -> Payment:
    payment = money.payment_for(request.user, pk)
    if payment is None:
        raise Http404
    return payment


@login_required
@require_http_methods(["POST"])
def record_paid(request: SignedInRequest, pk: int) -> HttpResponse:
    """The voucher number and the day close the instalment."""
    payment, form = _payment(request, pk), PaidForm(request.POST)
    rules.require(request.user, Role.FINANCE_OFFICER)
    if form.is_valid():
        try:
            payments.record_paid(
                payment=payment,
                voucher_no=form.cleaned_data["voucher_no"],
                paid_on=form.cleaned_data["paid_on"],
                by=request.user,
            )
        except Refused as refused:
            add_refusal(form, refused, drawn_again=False)
        else:
            messages.success(request, _("Recorded as paid."))
            return redirect("awards:instalment", pk=pk)
    return _page(request, _instalment(request, pk), form, status=422)
