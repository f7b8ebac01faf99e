"""The inbox of everybody who signs in, and the outbox that the system administrator watches."""

from typing import Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import SignedInRequest
from accounts.models import User
from accounts.roles import Role
from accounts.rules import has_role
from audit.refusals import Invalid, NotPermitted
from notifications import selectors, services
from notifications.forms import ChoicesForm
from notifications.models import Delivery, Job, Message, Outgoing
from notifications.rows import delivery_row, inbox_row, job_row

PAGE = 50
KINDS: Final[dict[str, type[Delivery] | type[Job]]] = {"messages": Delivery, "jobs": Job}


@require_safe
@login_required
def inbox(request: SignedInRequest) -> HttpResponse:
    unread_only = request.GET.get("show") == "unread"
    rows = selectors.inbox_of(request.user, unread_only=unread_only)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    language = get_language() or request.user.language
    unread = selectors.unread_count(request.user)
    here = reverse("notifications:inbox")
    tabs = [
        {"label": _("All messages"), "url": here, "current": not unread_only},
        {
            "label": _("Unread"),
            "url": f"{here}?show=unread",
            "current": unread_only,
            "count": unread,
        },
    ]
    context = {
        "page": page,
        "rows": [inbox_row(message, language) for message in page],
        "tabs": tabs,
        "unread": unread,
        "unread_only": unread_only,
    }
    return render(request, "notifications/inbox.html", context)


@require_POST
@login_required
def open_message(request: SignedInRequest, pk: int) -> HttpResponse:
    """Mark a message as read and go to the page it speaks of."""
    message = get_object_or_404(Message, pk=pk, recipient=request.user)
    services.mark_read(message=message, by=request.user)
    if message.url and url_has_allowed_host_and_scheme(message.url, allowed_hosts=None):
        return HttpResponseRedirect(message.url)
    return redirect("notifications:inbox")


@require_POST
@login_required
def read_all(request: SignedInRequest) -> HttpResponse:
    count = services.mark_all_read(by=request.user)
    if count:
        text = ngettext("%(n)d message marked as read", "%(n)d messages marked as read", count)
        messages.success(request, text % {"n": count})
    return redirect("notifications:inbox")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def choose(request: SignedInRequest) -> HttpResponse:
    """Where one's own messages reach beside the inbox."""
    form = ChoicesForm(request.POST or None, user=request.user)
    if form.is_valid():
        try:
            services.choose(
                user=request.user,
                chosen=form.chosen(),
                mobile=form.cleaned_data.get("mobile", request.user.mobile),
                by=request.user,
            )
        except Invalid as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            messages.success(request, _("Messages reach you this way from now on"))
            return redirect("notifications:choices")
    context = {"form": form, "nav_current": "accounts:profile"}
    return render(request, "notifications/choices.html", context)


def _check_administrator(user: User) -> None:
    if not has_role(user, Role.SYSTEM_ADMIN):
        raise NotPermitted(_("The outbox is kept by the system administrator."))


@require_safe
@login_required
def outbox(request: SignedInRequest) -> HttpResponse:
    _check_administrator(request.user)
    what = "jobs" if request.GET.get("what") == "jobs" else "messages"
    state = request.GET.get("state", "")
    state = state if state in Outgoing.values else Outgoing.PENDING
    tallies = {"messages": selectors.delivery_tally(), "jobs": selectors.job_tally()}
    number = request.GET.get("page")
    page: Page[Job] | Page[Delivery]
    if what == "jobs":
        page = jobs = Paginator(selectors.jobs(state), PAGE).get_page(number)
        rows = [job_row(job) for job in jobs]
    else:
        page = sent = Paginator(selectors.deliveries(state), PAGE).get_page(number)
        rows = [delivery_row(delivery) for delivery in sent]
    tally, here = tallies[what], reverse("notifications:outbox")
    counts = {
        Outgoing.PENDING: tally.pending,
        Outgoing.DEAD: tally.dead,
        Outgoing.DONE: tally.done,
    }
    context = {
        "page": page,
        "rows": rows,
        "what": what,
        "tally": tally,
        "resend_url": reverse("notifications:resend_all", args=[what]) if tally.dead else "",
        "kinds": [
            {"label": _("Messages"), "url": here, "current": what == "messages"},
            {"label": _("Jobs"), "url": f"{here}?what=jobs", "current": what == "jobs"},
        ],
        "tabs": [
            {
                "label": own.label,
                "url": f"{here}?what={what}&state={own.value}",
                "current": own == state,
                "count": count,
            }
            for own, count in counts.items()
        ],
    }
    return render(request, "notifications/outbox.html", context)


@require_POST
@login_required
def resend_all(request: SignedInRequest, what: str) -> HttpResponse:
    """Queue again everything that was given up: of the messages, or of the jobs."""
    _check_administrator(request.user)
    if what not in KINDS:
        raise Http404
    count = services.resend_all(model=KINDS[what], by=request.user)
    text = ngettext("%(n)d row is queued again", "%(n)d rows are queued again", count)
    messages.success(request, text % {"n": count})
    return redirect(f"{reverse('notifications:outbox')}?what={what}")


@require_POST
@login_required
def resend_delivery(request: SignedInRequest, pk: int) -> HttpResponse:
    _check_administrator(request.user)
    services.resend_delivery(delivery=get_object_or_404(Delivery, pk=pk), by=request.user)
    messages.success(request, _("Queued again; it will be tried within a few seconds"))
    return redirect(reverse("notifications:outbox") + "?state=dead")


@require_POST
@login_required
def resend_job(request: SignedInRequest, pk: int) -> HttpResponse:
    _check_administrator(request.user)
    services.resend_job(job=get_object_or_404(Job, pk=pk), by=request.user)
    messages.success(request, _("Queued again; it will be tried within a few seconds"))
    return redirect(reverse("notifications:outbox") + "?what=jobs&state=dead")
