"""Public notices and results, with their tables to download."""

from decimal import Decimal

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.http import PageRequest
from applications.tables import csv_response, persons
from awards.models import PublicNotice
from calendars.selectors import working_days
from portal.addresses import address
from portal.rule_words import article_number
from portal.selectors import draws, notices, results

PAGE = 50


@require_safe
def notice_list(request: PageRequest) -> HttpResponse:
    page = Paginator(notices.public_notices(), PAGE).get_page(request.GET.get("page"))
    table, today = working_days(), request.clock.today
    rows = [(notice, notices.period(notice, today, table)) for notice in page]
    return render(request, "portal/notice_list.html", {"page": page, "rows": rows})


def _notice(number: str) -> PublicNotice:
    found = notices.public_notices().select_related("call__scheme")
    return get_object_or_404(found, number=number)


@require_safe
def notice_detail(request: PageRequest, number: str) -> HttpResponse:
    notice = _notice(number)
    rows = notices.notice_rows(notice)
    standing = [row for row in rows if row.state != "out"]
    context = {
        "notice": notice,
        "call": notice.call,
        "article": article_number(notice.call.scheme.article),
        "rows": rows,
        "standing": standing,
        "total": sum((row.amount for row in standing), Decimal(0)),
        "jobs": sum(row.jobs or 0 for row in standing),
        "period": notices.period(notice, request.clock.today, working_days()),
        "deviations": notices.deviations_of(notice),
        "passed_over": notices.passed_over(notice),
        "reserve": notices.reserve_count(notice),
        "reviewed": notices.reviewed_count(notice),
        "objection_url": address("awards:file_objection", notice.number),
        "draws": [d for d in draws.published(notice.call) if d.readable],
    }
    return render(request, "portal/notice_detail.html", context)


@require_safe
def notice_table(request: PageRequest, number: str) -> HttpResponse:
    """The list of a notice as CSV; sums in yuan."""
    notice = _notice(number)
    header = (
        *(_("Rank"), _("Application"), _("Project"), _("Firm"), _("Place")),
        *(_("Total"), _("Project quality"), _("Employment"), _("New jobs"), _("Amount, yuan")),
    )
    rows = (
        (
            *(r.rank, r.number, r.title, r.firm, r.region),
            *(r.total, r.quality, r.employment, persons(r.jobs), r.amount),
        )
        for r in notices.notice_rows(notice)
    )
    return csv_response(f"{notice.number}.csv", header, rows)


@require_safe
def result_list(request: PageRequest) -> HttpResponse:
    page = Paginator(results.calls_with_results(), PAGE).get_page(request.GET.get("page"))
    return render(request, "portal/result_list.html", {"page": page})


@require_safe
def result_detail(request: PageRequest, number: str) -> HttpResponse:
    call = get_object_or_404(results.calls_with_results(), number=number)
    rows = results.result_rows(call)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    regions = results.by_region(rows)
    total = sum((row.amount for row in rows), Decimal(0))
    paid = sum((row.paid for row in rows), Decimal(0))
    cut = sum((row.cut for row in rows), Decimal(0))
    context = {
        "call": call,
        "page": page,
        "loads": results.weighed(total, paid, cut),
        "regions": regions,
        "largest": max((region.amount for region in regions), default=Decimal(0)),
        "total": total,
        "paid": paid,
        "cut": cut,
        "projects": len(rows),
        "ended": results.ended_rows(call),
        "letters": results.allocations(call),
        "draws": [d for d in draws.published(call) if d.readable],
    }
    return render(request, "portal/result_detail.html", context)


@require_safe
def result_table(request: PageRequest, number: str) -> HttpResponse:
    """The supported projects of a call as CSV, those terminated since last; sums in yuan."""
    call = get_object_or_404(results.calls_with_results(), number=number)
    header = (
        *(_("Application"), _("Project"), _("Firm"), _("Place"), _("Industry")),
        *(_("Amount, yuan"), _("Paid, yuan"), _("Allocation notice")),
        *(_("Terminated on"), _("Recovered, yuan"), _("Cut, will not be paid, yuan")),
    )
    rows = (
        (
            *(r.number, r.title, r.firm, r.region, r.industry, r.amount, r.paid, r.letter),
            *(r.ended_on or "", r.recovered if r.ended_on else "", r.cut),
        )
        for r in (*results.result_rows(call), *results.ended_rows(call))
    )
    return csv_response(f"{call.number}.csv", header, rows)


@require_safe
def allocation_detail(request: PageRequest, pk: int) -> HttpResponse:
    """An allocation notice with its projects, by region and by project, as article 6 of the
    regulation on the Budget Law asks.
    """
    letter = get_object_or_404(results.public_letters(), pk=pk)
    rows = results.allocated_rows(letter)
    regions = results.by_region(rows)
    context = {
        "letter": letter,
        "call": letter.call,
        "rows": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "projects": len(rows),
        "regions": regions,
        "largest": max((region.amount for region in regions), default=Decimal(0)),
    }
    return render(request, "portal/allocation_detail.html", context)


@require_safe
def allocation_table(request: PageRequest, pk: int) -> HttpResponse:
    """The projects of an allocation notice as CSV; sums in yuan, the total in the last row."""
    letter = get_object_or_404(results.public_letters(), pk=pk)
    header = (
        *(_("Allocation notice"), _("Region"), _("Place"), _("Application"), _("Project")),
        *(_("Firm"), _("Amount, yuan")),
    )
    rows = [
        (letter.number, r.prefecture, r.region, r.number, r.title, r.firm, r.amount)
        for r in results.allocated_rows(letter)
    ]
    total = (letter.number, _("In all"), "", "", "", "", letter.total)
    return csv_response(f"{letter.call.number}-{letter.pk}.csv", header, [*rows, total])
