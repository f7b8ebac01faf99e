"""The expert pool: list, admission, an expert's entry and ties."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import SignedInRequest
from accounts.models import Organisation
from accounts.roles import Role
from audit.refusals import Refused
from reviews.forms.pool import AdmitForm, ExpertForm, InterestForm, PoolFilter
from reviews.models import Expert
from reviews.models.pool import Kind
from reviews.office_words import SEAT_STATES, joined, kind_name
from reviews.selectors import office as reading
from reviews.services import pool as acts
from reviews.views.office import add_refusal, guard, posted

PER_PAGE = 50
SPECIALTIES_SHOWN = 4


@login_required
@require_safe
def pool(request: SignedInRequest) -> HttpResponse:
    """Every expert, with what matters for a draw."""
    guard(request, Role.PROGRAMME_OFFICER)
    industries = reading.industries()
    filters = PoolFilter(request.GET or None, industries=industries.values())
    found = reading.experts(**filters.values())
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    counts = reading.kinds_in_pool()
    context = {
        "filters": filters,
        "page": page,
        "rows": [_row(e, industries) for e in page],
        "figures": [(label, counts.get(kind, 0), "") for kind, label in Kind.choices],
        "waiting": reading.not_in_pool().count(),
    }
    return render(request, "reviews/pool.html", context)


def _row(expert: Expert, industries: dict[str, Any]) -> dict[str, Any]:
    known = [industries[c] for c in expert.specialties if c in industries]
    return {
        "expert": expert,
        "kinds": joined(kind_name(k) for k in expert.kinds),
        "specialties": joined(known[:SPECIALTIES_SHOWN]),
        "more": len(known) - SPECIALTIES_SHOWN,
        "seated": expert.seated,  # type: ignore[attr-defined]  # counted by the selector
        "ties": expert.ties,  # type: ignore[attr-defined]  # counted by the selector
    }


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def admit(request: SignedInRequest) -> HttpResponse:
    """Admit a person who holds the expert role."""
    guard(request, Role.PROGRAMME_OFFICER)
    form = AdmitForm(posted(request), people=reading.not_in_pool())
    if request.method == "POST" and form.is_valid():
        try:
            made = acts.admit_expert(
                user=form.cleaned_data["user"], **_entry(form), by=request.user
            )
        except Refused as refused:
            add_refusal(form, refused)
        else:
            messages.success(
                request,
                _("%(name)s is in the pool as %(pseudonym)s.")
                % {"name": made.user.name, "pseudonym": made.pseudonym},
            )
            return redirect("reviews:expert", pseudonym=made.pseudonym)
    status = 422 if form.is_bound else 200
    return render(request, "reviews/pool_admit.html", {"form": form}, status=status)


def _entry(form: ExpertForm) -> dict[str, Any]:
    """What the form says of an entry; a new employer as its name and code."""
    data = form.cleaned_data
    employer: Organisation | acts.NewEmployer = data["employer"] or acts.NewEmployer(
        data["new_employer"], data["new_code"]
    )
    return {
        "kinds": data["kinds"],
        "specialties": data["specialties"],
        "employer": employer,
        "region": data["region"],
        "title": data["title"],
    }


def _expert(request: SignedInRequest, pseudonym: str) -> Expert:
    guard(request, Role.PROGRAMME_OFFICER)
    return get_object_or_404(
        Expert.objects.select_related("user", "employer", "region"), pseudonym=pseudonym
    )


@login_required
@require_safe
def expert(request: SignedInRequest, pseudonym: str) -> HttpResponse:
    """An expert's entry, ties and seats."""
    return _page(request, _expert(request, pseudonym), InterestForm())


def _page(
    request: SignedInRequest, row: Expert, form: InterestForm, status: int = 200
) -> HttpResponse:
    industries = reading.industries()
    context = {
        "expert": row,
        "facts": [
            (_("Kinds of expertise"), joined(kind_name(k) for k in row.kinds)),
            (
                _("Specialties"),
                joined(industries[c] for c in row.specialties if c in industries),
            ),
            (_("Employer"), row.employer.name),
            (_("Home region"), row.region),
            (_("Professional title"), row.title),
            (_("Account"), row.user.username),
        ],
        "ties": reading.interests_of(row),
        "seats": [
            {"seat": s, "state": SEAT_STATES[s.state]} for s in reading.seats_of(row)[:PER_PAGE]
        ],
        "form": form,
    }
    return render(request, "reviews/pool_expert.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, pseudonym: str) -> HttpResponse:
    """Correct an entry, or let an expert rest."""
    row = _expert(request, pseudonym)
    form = ExpertForm.of(row, posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            acts.edit_expert(
                expert=row, **_entry(form), active=form.cleaned_data["active"], by=request.user
            )
        except Refused as refused:
            add_refusal(form, refused)
        else:
            messages.success(
                request, _("The entry is corrected. Draws already prepared keep theirs.")
            )
            return redirect("reviews:expert", pseudonym=pseudonym)
    status = 422 if form.is_bound else 200
    return render(request, "reviews/pool_edit.html", {"form": form, "expert": row}, status=status)


@login_required
@require_POST
def add_interest(request: SignedInRequest, pseudonym: str) -> HttpResponse:
    """Record a tie that keeps the expert from an applicant's dossiers."""
    row, form = _expert(request, pseudonym), InterestForm(request.POST)
    if form.is_valid():
        try:
            acts.record_interest(expert=row, by=request.user, **form.cleaned_data)
        except Refused as refused:
            add_refusal(form, refused)
        else:
            messages.success(request, _("Recorded. The next draw leaves the expert out there."))
            return redirect("reviews:expert", pseudonym=pseudonym)
    return _page(request, row, form, 422)
