"""A conflict found after the draw: who, which dossier, what shows it; then what would follow, word
by word; then it is recorded.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.http import SignedInRequest
from accounts.roles import Role
from audit.refusals import Refused, WrongState
from reviews.forms.panels import ConflictForm
from reviews.models import Assignment, AssignmentState, Ground, Panel
from reviews.selectors import office as reading
from reviews.selectors.quorum import AT_TABLE, WATCHED
from reviews.services import conflicts as acts
from reviews.views.expert_words import panel_name
from reviews.views.office import add_refusal, guard


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def conflict(request: SignedInRequest, number: str, panel: int) -> HttpResponse:
    """Enter it; see what would follow; confirm that."""
    guard(request, Role.PROGRAMME_OFFICER)
    row = get_object_or_404(
        Panel.objects.select_related("call__scheme"), call__number=number, number=panel
    )
    if row.status not in AT_TABLE or row.call.status not in WATCHED:
        raise WrongState(
            _(
                "A conflict is recorded between the draw and the ranking. Before the draw enter it "
                "as a tie in the pool; later use the objection procedure."
            )
        )
    pairs = {(a.expert.pseudonym, str(a.application_id)): a for a in reading.assigned(row)}
    form = _form(request, pairs.values())
    if form.is_valid():
        typed = form.cleaned_data
        pair = pairs.get((typed["expert"], typed["dossier"]))
        if pair is None:
            form.add_error("dossier", _("The expert does not review this dossier."))
        else:
            answer = _act(request, row, form, pair)
            if answer is not None:
                return answer
    context = {"form": form, **_about(row)}
    return render(request, "reviews/conflict.html", context, status=422 if form.is_bound else 200)


def _act(
    request: SignedInRequest, panel: Panel, form: ConflictForm, pair: Assignment
) -> HttpResponse | None:
    """Show what would follow, or record what was shown; None when it is refused."""
    typed = form.cleaned_data
    finding = acts.Finding(pair, typed["ground"], typed["reason"], typed["evidence"])
    try:
        if not typed["foreseen"]:
            found = acts.foresee_conflict(finding=finding, by=request.user)
            return _confirm(request, panel, form, finding, found)
        acts.record_conflict(finding=finding, foreseen=typed["foreseen"], by=request.user)
    except acts.Changed as changed:
        messages.warning(request, str(changed))
        return _confirm(request, panel, form, finding, changed.consequences, status=409)
    except Refused as refused:
        add_refusal(form, refused)
        return None
    messages.success(request, _("The conflict is recorded."))
    return redirect("reviews:progress", number=panel.call.number)


def _form(request: SignedInRequest, pairs: Iterable[Assignment]) -> ConflictForm:
    """As it was sent; to be filled in, or to be changed once more, where it was not."""
    choices: dict[str, Any] = {"experts": {}, "dossiers": {}}
    for pair in pairs:
        expert, dossier = pair.expert, pair.application
        choices["experts"][expert.pseudonym] = f"{expert.pseudonym} {expert.user.name}"
        choices["dossiers"][str(dossier.pk)] = f"{dossier.number} {dossier.title}"
    if request.method != "POST" or "change" in request.POST:
        typed = (request.POST or request.GET).dict() | {"foreseen": ""}
        return ConflictForm(initial=typed, **choices)
    return ConflictForm(request.POST, **choices)


def _about(panel: Panel) -> dict[str, Any]:
    return {
        "call": panel.call,
        "panel": panel,
        "name": panel_name(panel),
        "back": reverse("reviews:call_panels", args=[panel.call.number]),
        "nav_current": "reviews:panels",
    }


def _confirm(
    request: SignedInRequest,
    panel: Panel,
    form: ConflictForm,
    finding: acts.Finding,
    found: acts.Consequences,
    status: int = 200,
) -> HttpResponse:
    context = {
        **_about(panel),
        "expert": finding.assignment.expert,
        "application": finding.assignment.application,
        "facts": [
            (_("What kind of conflict"), Ground(finding.ground).label),
            (_("Reason"), finding.reason),
            (_("Evidence"), finding.evidence),
        ],
        "consequences": list(words(finding, found)),
        "fields": [*(form.cleaned_data | {"foreseen": found.digest()}).items()],
    }
    return render(request, "reviews/conflict_confirm.html", context, status=status)


def words(finding: acts.Finding, found: acts.Consequences) -> Iterator[str]:
    """What follows, sentence by sentence."""
    who = {"expert": finding.assignment.expert.pseudonym}
    if found.voids:
        yield (
            _(
                "The signed marks of %(expert)s on this dossier are void. What was signed stays on "
                "record, and the ranking says that these marks do not count."
            )
            % who
        )
    elif found.source == AssignmentState.TO_DECLARE:
        yield _("The dossier does not open to %(expert)s.") % who
    else:
        yield (
            _("The dossier closes for %(expert)s at once; what was marked on it does not count.")
            % who
        )
    if found.kept and not any(seat.expert == who["expert"] for seat in found.seats):
        yield ngettext(
            "%(n)s other dossier of the expert stays as it is.",
            "The %(n)s other dossiers of the expert stay as they are.",
            found.kept,
        ) % {"n": found.kept}
    for seat in found.seats:
        yield from _handed(seat)
    if not found.seats:
        yield _("No seat changes hands.")
    for row in found.short:
        yield _(
            "Dossier %(number)s can then get only %(possible)s of %(needed)s scores. It is not "
            "ranked unless two people agree that it goes on."
        ) % {"number": row.number, "possible": row.possible, "needed": row.needed}
    if found.tells_expert:
        yield _(
            "The expert is told the kind of the conflict; the other officers and the supervisors "
            "are told the reason as well."
        )
    else:
        yield _("The other officers and the supervisors are told.")
    yield _("This cannot be undone.")


def _handed(seat: acts.Handed) -> Iterator[str]:
    if seat.reason == "too many recusals":
        yield _("%(expert)s is then barred from too much of the panel and gives up the seat.") % {
            "expert": seat.expert
        }
    else:
        yield _(
            "The dossier would get too few scores: %(expert)s, recused from it and without a "
            "signature, gives up the seat."
        ) % {"expert": seat.expert}
    if seat.follower:
        yield _("%(follower)s is next in the drawn order and is invited now.") % {
            "follower": seat.follower
        }
    else:
        yield _("Nobody is left in the drawn order; the seat stays empty.")
