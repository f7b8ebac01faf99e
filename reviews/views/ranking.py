"""The ranking: its list, computing it, ties by two people, exports."""

import csv
import io
import json
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.http import SignedInRequest
from accounts.roles import Role
from applications.models import Call, CallStatus
from applications.sheet import parse
from audit.refusals import Refused
from reviews import outcomes
from reviews.forms.ranking import TieForm
from reviews.models import JointDecision, Ranking, RankingEntry
from reviews.selectors import exports
from reviews.selectors import rankings as ranked
from reviews.selectors.sheets import full_marks
from reviews.selectors.site_standing import latest_with_checks
from reviews.services import ranking as acts
from reviews.views import ranking_page as parts
from reviews.views.certainty import panels_of, signals
from reviews.views.changes import changes_shown
from reviews.views.office import READERS, acts_in, add_refusal, call_of, frame, guard, is_officer
from reviews.views.severity import severity

PER_PAGE = 50


@login_required
@require_safe
def calls(request: SignedInRequest) -> HttpResponse:
    """Calls on their way to a rank, and those that have one."""
    guard(request, *READERS)
    page = Paginator(ranked.calls(), PER_PAGE).get_page(request.GET.get("page"))
    rows = []
    for call in page:
        latest: Any = call.latest[0] if call.latest else None  # type: ignore[attr-defined]  # prefetched
        rows.append(
            {
                "call": call,
                "ranking": latest,
                "state_label": call.get_status_display(),
                "open": call.status not in exports.BEFORE_THE_LOCK,
            }
        )
    return render(request, "reviews/ranking_list.html", {"page": page, "rows": rows})


@login_required
@require_safe
def ranking(request: SignedInRequest, number: str) -> HttpResponse:
    """The rank table of one call; before the lock there is nothing to see."""
    return _page(request, call_of(request, number, *READERS))


def _page(
    request: SignedInRequest, call: Call, tie: TieForm | None = None, status: int = 200
) -> HttpResponse:
    found = None if call.status in exports.BEFORE_THE_LOCK else latest_with_checks(call)
    entries = ranked.entries_of(found) if found else []
    rules = call.rule_set
    sheet = parse(call.sheet)
    officer = acts_in(request, call)
    ties = parts.tie_groups(entries)
    decisions = parts.decisions(request, call, entries) if found else []
    waiting = any(item["row"].confirmed_at is None for item in decisions)
    if tie is None and ties and not waiting:
        tie = TieForm(entries=ties[0])
    checks = found if found is not None and call.status == CallStatus.RANKED else None
    settled = checks is not None and parts.has_news(found, decisions)
    news = settled or (checks is not None and checks.outdated)
    context = {
        **frame(request, call, "ranking"),
        "ranking": found,
        "changes": changes_shown(found, entries) if found else None,
        "checks": checks,
        "rows": parts.table_rows(
            entries, call.envelope, outcomes.passed_over(found) if found else {}
        ),
        "by_panel": rules.panels == "quota",
        "full": full_marks(sheet, call),
        "floor": rules.floor,
        "rules": parts.rule_words(rules),
        "figures": parts.figures(call, entries),
        "beam": parts.beam(call, entries),
        **(beside(found, entries, heard=rules.has_hearing) if found else {}),
        "ties": ties,
        "tie_form": tie if officer and call.status == CallStatus.RANKED else None,
        "decisions": decisions,
        "waiting": waiting,
        "settled": settled,
        "may_compute": officer and call.status == CallStatus.SCORED,
        "stale": officer and news,
        "locked": call.status in exports.BEFORE_THE_LOCK,
        "is_next": officer and call.status == CallStatus.RANKED,
        "onward": outcomes.way_on(call) if call.status not in exports.BEFORE_THE_LOCK else None,
        "nav_current": "reviews:ranking_list",
    }
    return render(request, "reviews/ranking.html", context, status=status)


def beside(found: Ranking, entries: list[RankingEntry], *, heard: bool) -> dict[str, Any]:
    """What stands beside the ranking and never alters it: how sure it is, how severe its panels."""
    panels = panels_of(entries)
    told = signals(found, entries, panels)
    data = told["analysis"].data if told["analysis"] else None
    return told | {"severity": severity(entries, panels, data, heard=heard)}


@login_required
@require_POST
def compute(request: SignedInRequest, number: str) -> HttpResponse:
    """Compute the ranking; the same sheets give the same ranking."""
    call = call_of(request, number, Role.PROGRAMME_OFFICER)
    made = acts.compute_ranking(call=call, by=request.user)
    if not made.is_new:
        messages.info(
            request, _("Computed again: nothing differs from version %(n)s.") % {"n": made.version}
        )
    else:
        messages.success(request, _("The ranking stands as version %(n)s.") % {"n": made.version})
    return redirect("reviews:ranking", number=number)


@login_required
@require_POST
def propose_tie(request: SignedInRequest, number: str) -> HttpResponse:
    """Record the joint meeting's order of one group of tied dossiers."""
    call = call_of(request, number, Role.PROGRAMME_OFFICER)
    found = ranked.latest(call)
    groups = parts.tie_groups(ranked.entries_of(found)) if found else []
    if not groups:
        raise Http404
    form = TieForm(request.POST, entries=groups[0])
    if form.is_valid():
        try:
            acts.propose_joint_decision(
                call=call,
                order=form.order(),
                minutes_no=form.cleaned_data["minutes_no"],
                reason=form.cleaned_data["reason"],
                by=request.user,
            )
        except Refused as refused:
            add_refusal(form, refused, drawn_again=call.status == CallStatus.RANKED)
        else:
            messages.success(request, _("Recorded. It counts once a second person confirms it."))
            return redirect("reviews:ranking", number=number)
    return _page(request, call, form, 422)


@login_required
@require_POST
def confirm_tie(request: SignedInRequest, pk: int) -> HttpResponse:
    """A second person confirms a joint decision; an officer's confirmation ranks anew at once."""
    guard(request, Role.PROGRAMME_OFFICER, Role.APPROVER)
    decision = get_object_or_404(JointDecision.objects.select_related("call"), pk=pk)
    if is_officer(request):
        made = acts.confirm_and_rank(decision=decision, by=request.user)
        messages.success(
            request, _("Confirmed; the ranking stands as version %(n)s.") % {"n": made.version}
        )
    else:
        acts.confirm_joint_decision(decision=decision, by=request.user)
        messages.success(request, _("Confirmed. The officer computes the ranking again."))
    return redirect("reviews:ranking", number=decision.call.number)


@login_required
@require_safe
def export(request: SignedInRequest, number: str, kind: str) -> HttpResponse:
    """The ranking or the scores as a file, as the commands print them."""
    call = call_of(request, number, *READERS)
    if kind == "ranking.json":
        body = json.dumps(exports.ranking_table(call), ensure_ascii=False, indent=2)
        return _file(body, f"ranking-{number}.json", "application/json")
    out = io.StringIO()
    if kind == "ranking.csv":
        table = csv.DictWriter(out, exports.ranking_columns(call), lineterminator="\n")
        rows = exports.ranking_table(call)
        table.writeheader()
        table.writerows(rows)
    elif kind == "scores.csv":
        lines = exports.score_table(call)
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(exports.score_columns(call))
        writer.writerows(lines)
    else:
        raise Http404
    # The mark at the start tells spreadsheets that the file is UTF-8.
    return _file(
        "\ufeff" + out.getvalue(), f"{kind.split('.', maxsplit=1)[0]}-{number}.csv", "text/csv"
    )


def _file(body: str, name: str, kind: str) -> HttpResponse:
    response = HttpResponse(body, content_type=f"{kind}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
