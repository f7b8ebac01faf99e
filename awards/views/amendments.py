"""Amendments of an agreement: its versions side by side, the firm's wish, the decision."""

from collections.abc import Iterable
from decimal import Decimal
from functools import partial
from itertools import groupby
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import SignedInRequest
from accounts.models import User
from accounts.roles import Role
from accounts.rules import has_any_role, has_role, is_owner
from awards.forms.project import AmendmentForm, ReasonForm
from awards.models import AMENDMENT_STATES, Amendment, Award
from awards.selectors.progress import REPORTING, in_force_since
from awards.selectors.terms import AMENDABLE, amount_in_force
from awards.services import amendments as services
from awards.views.acting import Act, award_of, carried_out, drawn
from awards.wording import TERM_WORDS, term_of, term_text


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def amendments(request: SignedInRequest, pk: int) -> HttpResponse:
    """The agreement and what was changed of it, version beside version."""
    award = award_of(request, pk)
    rows = list(
        Amendment.objects.filter(award=award).select_related(
            "proposed_by", "endorsed_by", "settled_by"
        )
    )
    for row in rows:
        row.award = award
    acts = _acts(request.user, award, rows)
    forms = drawn(acts)
    if request.method == "POST":
        left = carried_out(request, acts, concerned=_concerned(request.user, award))
        if left is None:
            return redirect("awards:amendments", pk=pk)
        forms = left
    context = {
        "award": award,
        "application": award.application,
        "versions": _versions(award, rows),
        "rows": [_row(row) for row in reversed(rows)],
        "share": award.application.call.rule_set.amendment_percent,
        "acts": forms,
        "nav_current": "applications:dossier_list",
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "awards/amendments.html", context, status=status)


def _concerned(user: User, award: Award) -> bool:
    office = has_any_role(user, Role.PROGRAMME_OFFICER, Role.APPROVER)
    return office or is_owner(user, award.application.firm_id)


def _row(row: Amendment) -> dict[str, Any]:
    return {
        "row": row,
        "label": AMENDMENT_STATES[row.status],
        "changes": [
            (
                TERM_WORDS[one["name"]],
                term_text(one["name"], one["was"]),
                term_text(one["name"], one["becomes"]),
                one["percent"],
            )
            for one in row.changes
        ],
    }


def _versions(award: Award, rows: Iterable[Amendment]) -> dict[str, Any]:
    """Each amendable term with its value in every version of the agreement, and, where a phone has
    no room for all of them, with what it became."""
    agreement = getattr(award, "agreement", None)
    if agreement is None:
        return {}
    contents = [agreement.content, *(row.content for row in rows if row.status == "granted")]

    return {
        "numbers": range(1, len(contents) + 1),
        "terms": [
            (words, values, [value for value, _same in groupby(values)])
            for words, values in (
                (words, [term_of(c, n) for c in contents]) for n, words in TERM_WORDS.items()
            )
        ],
    }


def _acts(user: User, award: Award, rows: list[Amendment]) -> list[Act]:
    """What the person may do now; the services ask again."""
    if award.application.status not in REPORTING or in_force_since(award) is None:
        return []
    owner = is_owner(user, award.application.firm_id)
    waiting = next((row for row in rows if row.status in ("proposed", "endorsed")), None)
    if waiting is None:
        return [_propose(user, award, rows)] if owner else []
    if owner:
        return [_withdraw(user, waiting)]
    decides = Role.APPROVER if waiting.status == "endorsed" else Role.PROGRAMME_OFFICER
    others = user.pk not in (waiting.proposed_by_id, waiting.endorsed_by_id)
    return _decide(user, waiting) if others and has_role(user, decides) else []


def _propose(user: User, award: Award, rows: list[Amendment]) -> Act:
    granted = [row for row in rows if row.status == "granted"]
    terms: dict[str, Any] = (granted[-1].content if granted else None) or award.agreement.content
    initial: dict[str, Any] = {
        name: Decimal(terms["targets"][name]) for name in AMENDABLE if terms["targets"].get(name)
    }
    initial |= {"amount": amount_in_force(award), "finishes_on": terms.get("finishes_on") or None}

    def do(values: dict[str, Any]) -> Amendment:
        reason = values.pop("reason")
        return services.propose_amendment(award=award, wanted=values, reason=reason, by=user)

    return Act(
        name="propose",
        title=_("Ask for an amendment"),
        verb=_("Ask for the amendment"),
        text=_("Change only what shall be different. The sum can be lowered, never raised."),
        form=partial(AmendmentForm, initial=initial),
        do=do,
        done=_("Asked for. The office decides."),
        folded=True,
    )


def _withdraw(user: User, row: Amendment) -> Act:
    return Act(
        name="withdraw",
        title=_("Take the amendment back"),
        verb=_("Take the amendment back"),
        text=_("Until it is decided the terms stay as they are. Take it back if it is wrong."),
        form=partial(
            ReasonForm, label=_("Reason"), hint=_("At least ten characters; the office reads it.")
        ),
        do=lambda values: services.withdraw_amendment(amendment=row, by=user, **values),
        done=_("Taken back. You can ask for another."),
        folded=True,
    )


def _decide(user: User, row: Amendment) -> list[Act]:
    passes_on = row.to_approver and row.status == "proposed"
    return [
        Act(
            name="grant",
            title=_("Endorse the amendment") if passes_on else _("Grant the amendment"),
            verb=_("Endorse the amendment") if passes_on else _("Grant the amendment"),
            text=_("It goes above the share that the office decides; the approver decides next.")
            if passes_on
            else _("The changed terms are in force at once, as the agreement's next version."),
            form=partial(ReasonForm, label=_("Your decision in words")),
            do=lambda values: services.grant_amendment(
                amendment=row, text=values["reason"], by=user
            ),
            done=_("Endorsed. The approver decides.")
            if passes_on
            else _("Granted. The firm has been told."),
        ),
        Act(
            name="refuse",
            title=_("Refuse the amendment"),
            verb=_("Refuse the amendment"),
            form=partial(ReasonForm, label=_("Reason")),
            do=lambda values: services.refuse_amendment(amendment=row, by=user, **values),
            done=_("Refused. The firm has been told."),
            folded=True,
        ),
    ]
