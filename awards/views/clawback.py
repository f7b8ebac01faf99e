"""Money clawed back from a project: what is owed today and how it comes about, and repayments."""

from functools import partial

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import SignedInRequest
from accounts.models import User
from accounts.roles import Role
from accounts.rules import has_role, is_member
from awards.forms.project import NothingForm, OrderForm, ReasonForm, RepaymentForm
from awards.interest import accrued, until
from awards.models import Clawback, Repayment, Termination
from awards.selectors.recoveries import balance_of, lots
from awards.services import clawbacks
from awards.views.acting import Act, award_of, carried_out, drawn
from awards.wording import amount_text


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def clawback(request: SignedInRequest, pk: int) -> HttpResponse:
    """The order with its interest, every repayment, and what a finance officer does next."""
    award = award_of(request, pk)
    ended = (
        Termination.objects.filter(award=award, status="confirmed", claw_back__gt=0)
        .select_related("clawback")
        .first()
    )
    row: Clawback | None = getattr(ended, "clawback", None)
    if row is not None:
        row.award = award
    repayments = [] if row is None else _repayments(row)
    acts = _acts(request, ended, row, repayments)
    forms = drawn(acts)
    if request.method == "POST":
        concerned = has_role(request.user, Role.FINANCE_OFFICER)
        left = carried_out(request, acts, concerned=concerned)
        if left is None:
            return redirect("awards:clawback", pk=pk)
        forms = left
    context = {
        "award": award,
        "application": award.application,
        "row": row,
        "ended": ended,
        "repayments": [(one, *_state(one)) for one in repayments],
        "acts": forms,
        "nav_current": "applications:dossier_list",
        **_owed(request, row, repayments),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "awards/clawback.html", context, status=status)


def _owed(
    request: SignedInRequest, row: Clawback | None, repayments: list[Repayment]
) -> dict[str, object]:
    """What is owed today, since the last repayment or the order so many days."""
    if row is None:
        return {}
    then, today = balance_of(row, repayments), request.clock.today
    return {
        "then": then,
        "owed": until(then, row.rate, today),
        "days": max(0, (today - then.day).days),
        "pays": row.settled_at is None and is_member(request.user, row.award.application.firm_id),
        "late": row.due_at < request.clock.now and not row.provisional,
        "lots": _lots(row),
    }


def _lots(row: Clawback) -> list[dict[str, object]]:
    """How the interest until the order came about, the earliest payment first."""
    found = []
    for lot in reversed(lots(row.award, row.principal)):
        days = (row.ordered_on - lot.since).days
        interest = accrued(lot.amount, row.rate, days)
        found.append({"lot": lot, "days": days, "interest": interest})
    return found


def _repayments(row: Clawback) -> list[Repayment]:
    found = list(
        Repayment.objects.filter(clawback=row).select_related(
            "entered_by", "confirmed_by", "refused_by"
        )
    )
    for one in found:
        one.clawback = row
    return found


def _state(row: Repayment) -> tuple[str, str]:
    if row.confirmed_at:
        return "done", _("confirmed")
    if row.is_withdrawn:
        return "stop", _("taken back")
    if row.refused_at:
        return "stop", _("refused")
    return "wait", _("waiting for another officer")


def _acts(
    request: SignedInRequest,
    ended: Termination | None,
    row: Clawback | None,
    repayments: list[Repayment],
) -> list[Act]:
    """What the person may do now; the services ask again."""
    user = request.user
    if ended is None or not has_role(user, Role.FINANCE_OFFICER):
        return []
    if row is None:
        return [_order(user, ended)]
    if row.settled_at:
        return []
    pending = next((one for one in repayments if one.is_pending), None)
    if pending is None:
        return [_enter(request, row)]
    return (
        [_withdraw(user, pending)] if pending.entered_by_id == user.pk else _settle(user, pending)
    )


def _order(user: User, ended: Termination) -> Act:
    return Act(
        name="order",
        title=_("Order the money back"),
        verb=_("Order the money back"),
        text=_("%(sum)s were decided; the interest until today is added by the call's rules.")
        % {"sum": amount_text(ended.claw_back)},
        form=OrderForm,
        do=lambda values: clawbacks.order_clawback(termination=ended, by=user, **values),
        done=_("Ordered. The firm has been told what it owes and until when."),
    )


def _enter(request: SignedInRequest, row: Clawback) -> Act:
    return Act(
        name="enter",
        title=_("Enter a repayment"),
        verb=_("Enter the repayment"),
        form=partial(RepaymentForm, initial={"paid_on": request.clock.today}),
        do=lambda values: clawbacks.enter_repayment(clawback=row, by=request.user, **values),
        done=_("Entered. Another finance officer confirms it."),
    )


def _withdraw(user: User, row: Repayment) -> Act:
    return Act(
        name="withdraw",
        title=_("Take the repayment back"),
        verb=_("Take the repayment back"),
        text=_("You entered it; another finance officer confirms it. Take it back if it is wrong."),
        form=partial(
            ReasonForm,
            label=_("What does not agree"),
            hint=_("At least ten characters; the finance officers read it."),
        ),
        do=lambda values: clawbacks.withdraw_repayment(repayment=row, by=user, **values),
        done=_("Taken back. It can be entered anew."),
        folded=True,
    )


def _settle(user: User, row: Repayment) -> list[Act]:
    return [
        Act(
            name="confirm",
            title=_("Confirm the repayment"),
            verb=_("Confirm the repayment"),
            text=_("Compare it with the treasury's receipt %(number)s first.")
            % {"number": row.document_no},
            form=NothingForm,
            do=lambda _values: clawbacks.confirm_repayment(repayment=row, by=user),
            done=_("Confirmed; the principal counts as recovered."),
        ),
        Act(
            name="refuse",
            title=_("Refuse the repayment"),
            verb=_("Refuse the repayment"),
            form=partial(
                ReasonForm,
                label=_("What does not agree"),
                hint=_("At least ten characters; the finance officers read it."),
            ),
            do=lambda values: clawbacks.refuse_repayment(repayment=row, by=user, **values),
            done=_("Refused. It can be entered anew."),
            folded=True,
        ),
    ]
