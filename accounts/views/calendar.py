"""The State Council's yearly notice: entered by one administrator, put in force by another."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import rules
from accounts.forms.people import CalendarForm, ReasonForm
from accounts.http import SignedInRequest
from accounts.models import User
from accounts.roles import Role
from accounts.views.people import check_directory
from audit.refusals import NotPermitted, NotVisible, Refused
from calendars import selectors, services
from calendars.models import CalendarYear, YearState
from calendars.notices import read_notice
from calendars.rules import may_confirm
from calendars.table import SATURDAY


def _check_enters(user: User) -> None:
    if not rules.has_role(user, Role.SYSTEM_ADMIN):
        raise NotPermitted(_("Only a system administrator enters a year's notice."))


@require_safe
@login_required
def years(request: SignedInRequest) -> HttpResponse:
    check_directory(request.user)
    context = {
        "years": [_year(notice) for notice in selectors.years()],
        "last_known": selectors.last_known_year(),
        "enters": rules.has_role(request.user, Role.SYSTEM_ADMIN),
        "nav_current": "accounts:calendar",
    }
    return render(request, "accounts/calendar.html", context)


def _year(notice: CalendarYear) -> dict[str, object]:
    return {
        "year": notice.year,
        "url": reverse("accounts:calendar_year", args=[notice.pk]),
        "source_no": notice.source_no,
        "state": notice.state,
        "state_label": notice.get_state_display(),
        "entered_by": notice.proposed_by_name or _("came with the release"),
        "confirmed_by": notice.confirmed_by_name,
        "days_off": getattr(notice, "days_off", 0),
        "days_worked": getattr(notice, "days_worked", 0),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def enter(request: SignedInRequest) -> HttpResponse:
    _check_enters(request.user)
    form = CalendarForm(request.POST or None, initial={"year": request.clock.today.year + 1})
    if form.is_valid():
        data = form.cleaned_data
        try:
            days = read_notice(text=data["text"], year=data["year"])
            notice = services.propose_year(
                year=data["year"], source_no=data["source_no"], days=days, by=request.user
            )
        except Refused as refused:
            field = "text" if refused.field == "days" else refused.field
            form.add_error(field, str(refused.message))
        else:
            messages.success(
                request, _("The notice is entered; another administrator must confirm it")
            )
            return redirect("accounts:calendar_year", notice.pk)
    return render(request, "accounts/calendar_form.html", {"form": form})


@require_safe
@login_required
def year(request: SignedInRequest, pk: int) -> HttpResponse:
    check_directory(request.user)
    notice = _notice(pk)
    proposed = notice.state == YearState.PROPOSED
    context = {
        "notice": notice,
        "row": _year(notice),
        "days": [
            {
                "date": day.date,
                "is_working": day.is_working,
                "is_weekend": day.date.weekday() >= SATURDAY,
                "holiday": day.get_holiday_display(),
                "name": day.name,
            }
            for day in selectors.days_of(notice)
        ],
        "may_confirm": may_confirm(notice, request.user.pk),
        "mine": proposed and notice.proposed_by_id == request.user.pk,
        "proposed": proposed,
        "nav_current": "accounts:calendar",
    }
    return render(request, "accounts/calendar_year.html", context)


def _notice(pk: int) -> CalendarYear:
    notice = selectors.years().filter(pk=pk).first()
    if notice is None:
        raise NotVisible
    return notice


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def confirm(request: SignedInRequest, pk: int) -> HttpResponse:
    check_directory(request.user)
    notice = _notice(pk)
    back = reverse("accounts:calendar_year", args=[notice.pk])
    if request.method == "POST":
        services.confirm_year(year=notice.year, by=request.user)
        messages.success(request, _("The notice for %(year)d is in force") % {"year": notice.year})
        return redirect(back)
    context = {"notice": notice, "back": back, "verb": _("Put in force")}
    return render(request, "accounts/calendar_confirm.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    check_directory(request.user)
    notice = _notice(pk)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        services.withdraw_year(
            year=notice.year, reason=form.cleaned_data["reason"], by=request.user
        )
        messages.success(request, _("The notice is withdrawn"))
        return redirect("accounts:calendar")
    back = reverse("accounts:calendar_year", args=[notice.pk])
    return render(
        request, "accounts/calendar_withdraw.html", {"notice": notice, "form": form, "back": back}
    )
