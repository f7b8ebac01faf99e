"""The page of one dossier: read it, mark it, leave it; two windows never lose anything."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import SignedInRequest
from audit.refusals import NotVisible, Refused
from reviews.addresses import marks_url
from reviews.forms.marks import (
    OVERALL,
    SheetForm,
    StepAsideForm,
    fingerprint,
    overall_of,
    slug,
    stored_input,
)
from reviews.models import Assignment, AssignmentState
from reviews.selectors.sheets import problems_of
from reviews.services import declarations, scoring
from reviews.services.marking import MarksConflict
from reviews.views.expert_desk import SheetDesk
from reviews.wording import problem_text

CONFLICT, INVALID = 409, 422


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def score(request: SignedInRequest, pk: int) -> HttpResponse:
    """The dossier beside its score sheet. A plain submit saves everything, then goes on."""
    desk = SheetDesk(request, pk)
    if request.method == "GET":
        return _page(desk)
    form = SheetForm(desk.sheet, request.POST, base_for_tier=True)
    if form.errors:
        return _page(desk, form, status=INVALID)
    try:
        saved = scoring.save_marks(
            assignment=desk.assignment,
            entries=form.entries,
            overall=form.overall,
            finish=request.POST.get("then") == "finish",
            by=request.user,
        )
    except MarksConflict as conflict:
        return _both(desk, form, conflict)
    except NotVisible:
        raise
    except Refused as refusal:
        return _page(desk, form, refusal=str(refusal), status=refusal.status_code)
    return _onward(request, saved, desk)


def _page(
    desk: SheetDesk, form: SheetForm | None = None, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = desk.context(form, **({"summary": _summary(desk, form)} | more))
    return render(desk.request, "reviews/expert_sheet.html", context, status=status)


def _summary(desk: SheetDesk, form: SheetForm | None) -> list[dict[str, Any]]:
    """What is wrong, each with the place it stands at."""
    if form is None:
        return []
    names = {slug(leaf.code): f"{leaf.code}" for leaf in desk.sheet.expert_leaves()}
    found = []
    for field, sentence in form.errors.items():
        stem = field.rpartition("-")[0]
        label = names.get(stem, _("Overall comment"))
        found.append({"target": f"id_{field}", "label": label, "text": sentence})
    return found


def _onward(request: SignedInRequest, saved: Assignment, desk: SheetDesk) -> HttpResponse:
    """After a save: finish, the next dossier, or this one again."""
    then = request.POST.get("then", "")
    if then == "finish":
        if saved.state == AssignmentState.FINISHED:
            return _finished(request, desk)
        return _unfinished(SheetDesk(request, saved.pk))
    if then == "next" and (following := desk.following()):
        return redirect("reviews:score", following.pk)
    messages.success(request, _("Saved."))
    return redirect("reviews:score", saved.pk)


def _unfinished(desk: SheetDesk) -> HttpResponse:
    """Saved, but something is missing: each with the place it stands at."""
    problems = problems_of(desk.sheet, desk.marks, desk.least_comment)
    summary = [
        {"target": f"id_{slug(code)}-tier", "label": code, "text": problem_text(found[0])}
        for code, found in problems.items()
    ]
    return _page(desk, status=INVALID, summary=summary, unfinished=True)


def _finished(request: SignedInRequest, desk: SheetDesk) -> HttpResponse:
    following = desk.next_place()
    if following is None:
        messages.success(request, _("Every dossier is scored. Check all marks, then sign once."))
        return redirect(marks_url(desk.assignment.seat_id, desk.assignment.stage))
    left = sum(p.state == "open" and p.pk != desk.assignment.pk for p in desk.places)
    words = ngettext(
        "Dossier %(order)d is scored; %(left)d is left.",
        "Dossier %(order)d is scored; %(left)d are left.",
        left,
    )
    messages.success(request, words % {"order": desk.order, "left": left})
    return redirect("reviews:score", following.pk)


@login_required
@require_POST
def autosave(request: SignedInRequest, pk: int) -> HttpResponse:
    """Save while typing: what can be kept is kept, what cannot is said beside it."""
    desk = SheetDesk(request, pk)
    form = SheetForm(desk.sheet, request.POST, base_for_tier=False)
    try:
        scoring.save_marks(
            assignment=desk.assignment,
            entries=form.entries,
            overall=form.overall,
            by=request.user,
        )
    except MarksConflict:
        words = _("This was changed in another window. Press “Save” to see both; nothing is lost.")
        return _refused(request, words, CONFLICT)
    except NotVisible:
        raise
    except Refused as refusal:
        return _refused(request, str(refusal), INVALID)
    return _saved(SheetDesk(request, pk), form)


def _refused(request: SignedInRequest, message: str, status: int) -> HttpResponse:
    return render(request, "components/autosave_refused.html", {"message": message}, status=status)


def _saved(desk: SheetDesk, form: SheetForm) -> HttpResponse:
    rows = desk.leaf_rows(form)
    context = {
        "leaves": rows,
        "overall": overall_of(desk.assignment),
        "overall_in_step": form.comment == desk.assignment.overall_comment,
        "totals": desk.totals(),
        "errors": form.errors,
        "saved_at": desk.request.clock.now,
        "assignment": desk.assignment,
        "progress": desk.progress,
        "editable": True,
    }
    status = INVALID if form.errors else 200
    return render(desk.request, "reviews/expert_saved.html", context, status=status)


def _both(desk: SheetDesk, form: SheetForm, conflict: MarksConflict) -> HttpResponse:
    """Both versions side by side; everything typed goes along until the person has chosen."""
    fresh = SheetDesk(desk.request, desk.assignment.pk)
    differing, rest = [], []
    for leaf in fresh.sheet.expert_leaves():
        given = form.leaves[leaf.code]
        mine = fresh.leaf_row(leaf, given)
        # Whoever keeps what stands there touches nothing; whoever keeps their own overwrites.
        if leaf.code in conflict.leaves:
            stored = stored_input(leaf, fresh.marks.get(leaf.code))
            differing.append({"mine": mine, "theirs": fresh.leaf_row(leaf, stored)})
        elif given.touched:
            rest.append(mine | {"was": ""})
        else:
            as_typed = fingerprint(given.tier, given.score, given.comment)
            rest.append(mine | {"was": as_typed})
    context = fresh.context(
        differing=differing,
        rest=rest,
        mine_overall=form.comment,
        overall_differs="" in conflict.leaves,
        overall_touched=form.overall is not None,
        then=desk.request.POST.get("then", ""),
        overall_name=OVERALL,
    )
    return render(desk.request, "reviews/expert_conflict.html", context, status=CONFLICT)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def step_aside(request: SignedInRequest, pk: int) -> HttpResponse:
    """Leave a dossier for good: a conflict found while reading, or no competence to judge it."""
    desk = SheetDesk(request, pk)
    if desk.assignment.sheet_id is not None:
        raise NotVisible
    form = StepAsideForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            declarations.step_aside(
                assignment=desk.assignment,
                ground=form.cleaned_data["ground"],
                reason=form.cleaned_data["reason"],
                by=request.user,
            )
        except NotVisible:
            raise
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(
                request,
                _("You are recused from dossier %(order)d; it no longer waits for your marks.")
                % {"order": desk.order},
            )
            return redirect("reviews:my_reviews")
    context = {
        "form": form,
        "assignment": desk.assignment,
        "application": desk.application,
        "call": desk.assignment.panel.call,
        "order": desk.order,
    }
    status = 422 if form.is_bound else 200
    return render(request, "reviews/expert_step_aside.html", context, status=status)
