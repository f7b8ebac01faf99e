"""The end of a project before its time: recall, the firm's reply, termination by two people."""

from functools import partial

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import SignedInRequest
from accounts.models import User
from accounts.roles import Role
from accounts.rules import has_any_role, has_role, is_member, is_owner
from awards import rules
from awards.forms.project import ReasonForm, TerminationForm
from awards.models import RECALL_STATES, TERMINATION_STATES, Award, Recall, Termination
from awards.selectors.money import RUNNING
from awards.services import recalls, terminations
from awards.views.acting import Act, award_of, carried_out, drawn
from awards.wording import amount_text


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ending(request: SignedInRequest, pk: int) -> HttpResponse:
    """Recalls and terminations of a project, and what this person does next."""
    award = award_of(request, pk)
    called = list(Recall.objects.filter(award=award).select_related("replied_by", "settled_by"))
    ended = list(
        Termination.objects.filter(award=award).select_related("proposed_by", "settled_by")
    )
    for recall in called:
        recall.award = award
    for termination in ended:
        termination.award = award
    acts = _acts(request.user, award, called, ended)
    forms = drawn(acts)
    if request.method == "POST":
        left = carried_out(request, acts, concerned=_concerned(request.user, award))
        if left is None:
            return redirect("awards:ending", pk=pk)
        forms = left
    context = {
        "award": award,
        "application": award.application,
        "recalls": [(row, RECALL_STATES[row.status]) for row in reversed(called)],
        "terminations": [(row, TERMINATION_STATES[row.status]) for row in reversed(ended)],
        "acts": forms,
        "sees_credit": rules.sees_funding(request.user)
        or is_member(request.user, award.application.firm_id),
        "nav_current": "applications:dossier_list",
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "awards/ending.html", context, status=status)


def _concerned(user: User, award: Award) -> bool:
    office = has_any_role(user, Role.PROGRAMME_OFFICER, Role.APPROVER)
    return office or is_owner(user, award.application.firm_id)


def _acts(user: User, award: Award, called: list[Recall], ended: list[Termination]) -> list[Act]:
    """What the person may do now; the services ask again."""
    if award.application.status not in RUNNING:
        return []
    recall = next((row for row in called if row.status in ("issued", "replied")), None)
    proposed = next((row for row in ended if row.status == "proposed"), None)
    acts: list[Act] = []
    if recall and recall.status == "issued" and is_owner(user, award.application.firm_id):
        acts.append(_reply(user, recall))
    if has_role(user, Role.PROGRAMME_OFFICER) and proposed is None:
        if recall is not None:
            acts.append(_lift(user, recall))
        acts.append(_propose(user, award, recall))
    if proposed and has_role(user, Role.PROGRAMME_OFFICER) and proposed.proposed_by_id == user.pk:
        acts.append(_withdraw(user, proposed))
    if proposed and has_role(user, Role.APPROVER) and proposed.proposed_by_id != user.pk:
        acts += _decide(user, award, proposed)
    return acts


def _reply(user: User, row: Recall) -> Act:
    return Act(
        name="reply",
        title=_("Reply to the recall"),
        verb=_("Send the reply"),
        form=partial(
            ReasonForm,
            label=_("Why the project stood still, and how it goes on"),
            hint=_("At least ten characters; the office reads it."),
        ),
        do=lambda values: recalls.reply(recall=row, text=values["reason"], by=user),
        done=_("Sent. The office decides on the recall."),
    )


def _lift(user: User, row: Recall) -> Act:
    return Act(
        name="lift",
        title=_("Lift the recall"),
        verb=_("Lift the recall"),
        text=_("The project goes on; its time begins anew today."),
        form=partial(ReasonForm, label=_("Reason")),
        do=lambda values: recalls.lift(recall=row, by=user, **values),
        done=_("Lifted. The firm has been told."),
    )


def _propose(user: User, award: Award, recall: Recall | None) -> Act:
    first = {"ground": "idle" if recall else "other"}
    return Act(
        name="propose",
        title=_("Put the termination forward"),
        verb=_("Put the termination forward"),
        text=_("%(sum)s were paid. An approver decides; nothing changes before.")
        % {"sum": amount_text(award.paid)},
        form=partial(TerminationForm, initial=first),
        do=lambda values: terminations.propose_termination(award=award, by=user, **values),
        done=_("Put forward. The approver decides."),
        folded=True,
    )


def _withdraw(user: User, row: Termination) -> Act:
    return Act(
        name="withdraw",
        title=_("Take the termination back"),
        verb=_("Take the termination back"),
        text=_("You put it forward; the approver decides. Take it back if it is wrong."),
        form=partial(
            ReasonForm,
            label=_("Why the project goes on"),
            hint=_("At least ten characters; the approvers read it."),
        ),
        do=lambda values: terminations.withdraw_termination(termination=row, by=user, **values),
        done=_("Taken back. The project goes on."),
        folded=True,
    )


def _decide(user: User, award: Award, row: Termination) -> list[Act]:
    left = award.amount - award.cut - award.paid
    return [
        Act(
            name="confirm",
            title=_("Terminate the project"),
            verb=_("Terminate the project"),
            text=_(
                "%(left)s that were not paid go back to the envelope of %(year)s; %(back)s are"
                " clawed back with interest. This cannot be taken back."
            )
            % {
                "left": amount_text(left),
                "year": award.envelope.year,
                "back": amount_text(row.claw_back),
            },
            form=partial(ReasonForm, label=_("Your decision in words")),
            do=lambda values: terminations.confirm_termination(
                termination=row, text=values["reason"], by=user
            ),
            done=_("Terminated; the unpaid sum is free again."),
        ),
        Act(
            name="refuse",
            title=_("Refuse the termination"),
            verb=_("Refuse the termination"),
            form=partial(
                ReasonForm,
                label=_("Why the project goes on"),
                hint=_("At least ten characters; the officers read it."),
            ),
            do=lambda values: terminations.refuse_termination(termination=row, by=user, **values),
            done=_("Refused. The project goes on."),
            folded=True,
        ),
    ]
