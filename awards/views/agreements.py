"""Agreements: the list of awards, the agreement as a document, drawing up."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.http import SignedInRequest
from accounts.roles import Role
from accounts.rules import has_role
from applications.money import grouped, in_words
from applications.wording import STATUS_NAMES
from applications.workflow import Status
from audit.refusals import NotPermitted
from awards import rules
from awards.models import Agreement, Award, Side, Signature
from awards.selectors import money
from awards.selectors.terms import granted_amendments
from awards.services import agreements
from awards.views.signing import side_of
from awards.wording import INSTALMENT_STATES, TARGET_WORDS, TERM_WORDS, term_of

PAGE_SIZE = 50


def guard(request: SignedInRequest) -> None:
    """Raise NotPermitted for people whom no grant can concern."""
    if not rules.has_grants(request.user):
        raise NotPermitted(
            _("Agreements and payments are open to firms, the office and service secretaries.")
        )


@login_required
@require_safe
def agreement_list(request: SignedInRequest) -> HttpResponse:
    """Awards with their agreements and how much is paid."""
    guard(request)
    page: Any = Paginator(money.agreements(request.user), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    page.object_list = [_row(a) for a in page.object_list]
    context = {
        "page": page,
        "officer": has_role(request.user, Role.PROGRAMME_OFFICER),
        "nav_current": "awards:agreements",
    }
    return render(request, "awards/agreement_list.html", context)


def _row(award: Award) -> dict[str, Any]:
    agreement = getattr(award, "agreement", None)
    state, word = _state(award, agreement)
    return {
        "award": award,
        "application": award.application,
        "agreement": agreement,
        "tone": state,
        "label": word,
        "to_draw_up": agreement is None
        and award.allocation_id is not None
        and award.application.status == Status.AWARDED,
        "paid": award.paid,
    }


def _state(award: Award, agreement: Agreement | None) -> tuple[str, Any]:
    if award.revoked_at:
        return "stop", STATUS_NAMES[Status.TERMINATED]
    if agreement is None:
        return "todo", _("to draw up")
    if agreement.firm_signed_at and agreement.office_signed_at:
        return "done", _("in force")
    if agreement.firm_signed_at:
        return "act", _("waiting for the office's signature")
    return "wait", _("waiting for the firm's signature")


@login_required
@require_POST
def draw_up(request: SignedInRequest, pk: int) -> HttpResponse:
    """The officer draws the agreement of an award up."""
    award = money.visible_awards(request.user).filter(pk=pk).first()
    if award is None:
        raise Http404
    made = agreements.draw_up(award=award, by=request.user)
    messages.success(request, _("Drawn up. The firm has been asked to sign."))
    return redirect("awards:agreement", pk=made.pk)


def _agreement(request: SignedInRequest, pk: int) -> Agreement:
    found = money.agreement_for(request.user, pk)
    if found is None:
        raise Http404
    return found


def _figure(name: str, value: Decimal) -> str:
    if name.endswith("_yuan"):
        return in_words(value, chinese=not (get_language() or "").startswith("en"))
    return f"{grouped(value)} {_('persons')}"


def _targets(agreement: Agreement) -> list[tuple[str, str]]:
    """The targets in the order of `TARGET_WORDS`, whatever order the kept JSON has."""
    kept = agreement.content["targets"]
    return [
        (str(words), _figure(name, Decimal(kept[name])) if kept[name] else "")
        for name, words in TARGET_WORDS.items()
        if name in kept
    ]


def _amended(row: Agreement) -> dict[str, Any]:
    """What amendments changed since it was signed: each term that is not what it was, signed and
    in force, and the amendments themselves."""
    granted = granted_amendments(row.award)
    if not granted:
        return {"amendments": []}
    now = granted[-1].content or {}
    both = [(words, term_of(row.content, n), term_of(now, n)) for n, words in TERM_WORDS.items()]
    return {"amendments": granted, "changed": [one for one in both if one[1] != one[2]]}


@login_required
@require_safe
def agreement(request: SignedInRequest, pk: int) -> HttpResponse:
    """The agreement as a document that prints, with who may sign now."""
    row = _agreement(request, pk)
    application = row.award.application
    context = {
        "agreement": row,
        "award": row.award,
        "application": application,
        "targets": _targets(row),
        **_amended(row),
        "instalments": [(i, INSTALMENT_STATES[i.status]) for i in row.award.instalments.all()],
        "may_sign": side_of(request, row),
        "signatures": _signatures(row),
        "state": _state(row.award, row),
    }
    return render(request, "awards/agreement.html", context)


def _signatures(row: Agreement) -> list[tuple[Any, Any, Signature | None]]:
    """Each side with the words for it and the file that it signed, if it did."""
    by_side = {one.side: one for one in row.signatures.all()}
    words = {Side.FIRM: _("For the firm"), Side.OFFICE: _("For the department")}
    return [(side, label, by_side.get(side)) for side, label in words.items()]
