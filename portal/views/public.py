"""Home and the public's pages about calls."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import PageRequest
from accounts.models import User
from accounts.rules import roles_of
from applications.models import Call
from applications.stages import rail
from papers.codes import is_code
from portal.addresses import address
from portal.forms.public import VerifyForm
from portal.rule_words import rule_rows
from portal.selectors import calls, draws, notices, proofs, results
from portal.selectors.handed_out import since_signed
from portal.sheet_rows import sheet_rows, totals


@require_safe
def home(request: PageRequest) -> HttpResponse:
    now, today = request.clock.now, request.clock.today
    context = {
        "open_calls": [calls.card(call, now) for call in calls.open_calls(now)[:3]],
        "coming": [
            calls.card(call, now) for call in calls.public_calls().filter(opens_at__gt=now)[:3]
        ],
        "notices": list(notices.current_notices(today)[:3]),
        "results": results.latest(3),
        "now": now,
    }
    return render(request, "portal/home.html", context)


@require_safe
def call_list(request: PageRequest) -> HttpResponse:
    now = request.clock.now
    cards = [calls.card(call, now) for call in calls.public_calls()]
    context = {
        "groups": [
            (phase, [card for card in cards if card.phase == phase])
            for phase in ("open", "soon", "over")
        ],
        "cards": cards,
        "now": now,
    }
    return render(request, "portal/call_list.html", context)


def _public_call(number: str) -> Call:
    return get_object_or_404(calls.public_calls(), number=number)


@require_safe
def call_detail(request: PageRequest, number: str) -> HttpResponse:
    call, now = _public_call(number), request.clock.now
    language = get_language() or "zh-hans"
    english = language.startswith("en")
    sheet = sheet_rows(call.sheet, language)
    by_formula, by_experts = totals(sheet)
    applicant = not isinstance(request.user, User) or not roles_of(request.user)
    context = {
        "call": call,
        "now": now,
        "phase": calls.phase(call, now),
        "steps": rail(call, now),
        "guide": (call.guide_en if english and call.guide_en else call.guide_zh).strip(),
        "documents": _named(call.required_documents, "name", english),
        "screening": _named(call.screening_items, "text", english),
        "sheet": sheet,
        "hearing_sheet": sheet_rows(call.hearing_sheet, language),
        "by_formula": by_formula,
        "by_experts": by_experts,
        "rules": rule_rows(call.rule_set),
        "edition": calls.edition_in_force(call),
        "apply_url": address("applications:start", call.number) if applicant else "",
        "notices": list(notices.public_notices().filter(call=call)),
        "draws": draws.published(call),
    }
    return render(request, "portal/call_detail.html", context)


def _named(rows: object, key: str, english: bool) -> list[dict[str, object]]:  # noqa: FBT001
    """Rows of a call's list with `label` in the reader's language."""
    if not isinstance(rows, list):
        return []
    return [
        row | {"label": (row.get(f"{key}_en") if english else "") or row.get(f"{key}_zh", "")}
        for row in rows
        if isinstance(row, dict)
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: PageRequest) -> HttpResponse:
    """Does this digest belong to this number? Yes or no, and nothing else; whoever has the code of
    a document reads what stands in it, to compare.
    """
    printed = {name: request.GET.get(name, "")[:80] for name in ("number", "digest")}
    form = VerifyForm(request.POST if request.method == "POST" else None, initial=printed)
    proof, paper, since = None, None, None
    if form.is_valid():
        number, digest = form.cleaned_data["number"], form.cleaned_data["digest"]
        if is_code(digest):
            proof, paper = proofs.check_code(number, digest)
            since = since_signed(paper.number) if paper else None
        else:
            proof = proofs.check(number, digest)
    context = {"form": form, "proof": proof, "paper": paper, "since": since}
    return render(request, "portal/verify.html", context)


@require_safe
def statement(request: PageRequest, page: str) -> HttpResponse:
    """What the site says of accessibility and of personal data."""
    if page not in ("accessibility", "privacy"):
        raise Http404
    return render(request, f"portal/{page}.html")
