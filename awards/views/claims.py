"""Claims: the firm's form, the secretary's verification or return, the files of evidence."""

from decimal import Decimal

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SignedInRequest
from accounts.rules import is_owner
from audit.refusals import NotPermitted, Refused
from awards.forms.money import ClaimForm, TextForm
from awards.forms.refusing import add_refusal
from awards.models import Award, Claim, ClaimFile, Instalment
from awards.selectors import money
from awards.selectors.firm_acts import to_claim
from awards.selectors.jobs import bounds_of, settlement_of
from awards.selectors.progress import known_investment
from awards.selectors.terms import terms_of
from awards.services import claims
from secretaries.rules import verifies


def _owned(request: SignedInRequest, pk: int) -> Instalment:
    """An instalment of a firm that the person owns; NotPermitted for others who may see it."""
    found = money.instalments(request.user).filter(pk=pk).first()
    if found is None:
        raise Http404
    if not is_owner(request.user, found.award.application.firm_id):
        raise NotPermitted(_("Only an owner of the firm claims an instalment."))
    return found


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def make(request: SignedInRequest, pk: int) -> HttpResponse:
    """The firm's owner claims an instalment with evidence."""
    instalment = _owned(request, pk)
    if request.method != "POST" and not to_claim().filter(pk=pk).exists():
        return redirect("awards:instalment", pk=pk)
    form = ClaimForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            claims.claim_instalment(
                instalment=instalment,
                invested=form.cleaned_data["invested"],
                insured=form.cleaned_data["insured"],
                statement=form.cleaned_data["statement"],
                files=form.cleaned_data["evidence"],
                by=request.user,
            )
        except Refused as refused:
            if refused.field in ("upload", "files"):
                refused.field = "evidence"
            add_refusal(form, refused)
        else:
            messages.success(request, _("Claimed. Your service secretary verifies it on site."))
            return redirect("awards:instalment", pk=pk)
    context = {
        "form": form,
        "instalment": instalment,
        "application": instalment.award.application,
        "returned": money.returned_claim(instalment),
        "bounds": bounds_of(instalment),
    }
    return render(request, "awards/claim_form.html", context, status=422 if form.is_bound else 200)


def _claim(request: SignedInRequest, pk: int) -> Claim:
    claim = money.claim_for(request.user, pk)
    if claim is None:
        raise Http404
    return claim


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def claim(request: SignedInRequest, pk: int) -> HttpResponse:
    """One claim with its evidence; the secretary verifies it or returns it."""
    row = _claim(request, pk)
    application = row.instalment.award.application
    form = TextForm(
        request.POST or None,
        label=_("What you found on site"),
        hint=_("At least ten characters; the firm reads it."),
    )
    if request.method == "POST" and form.is_valid():
        try:
            if "return" in request.POST:
                claims.return_claim(claim=row, reason=form.cleaned_data["text"], by=request.user)
                messages.success(request, _("Returned to the firm with your reason."))
            else:
                claims.verify_claim(claim=row, text=form.cleaned_data["text"], by=request.user)
                messages.success(request, _("Verified. The finance officers enter the payment."))
        except NotPermitted:
            raise
        except Refused as refused:
            refused.field = "text"
            add_refusal(form, refused, drawn_again=False)
        else:
            return redirect("awards:claim", pk=pk)
    mine = verifies(request.user, application, request.clock.today)
    if request.method == "POST" and not mine:
        raise NotPermitted(_("Only the project's service secretary verifies a claim."))
    context = {
        "claim": row,
        "instalment": row.instalment,
        "application": application,
        "form": form,
        "jobs": settlement_of(row),
        "known": known_investment(row),
        "target": _targets(row.instalment.award),
        "can_verify": row.instalment.status == "claimed" and row.returned_at is None and mine,
    }
    return render(request, "awards/claim.html", context, status=422 if form.is_bound else 200)


def _targets(award: Award) -> dict[str, Decimal]:
    """What the agreement promises of the two figures of a claim: yuan, persons; none before it."""
    promised = terms_of(award).get("targets", {})
    named = {"invested": "fixed_assets_yuan", "insured": "promised_headcount"}
    return {key: Decimal(promised[name]) for key, name in named.items() if promised.get(name)}


@login_required
@require_safe
def claim_file(request: SignedInRequest, pk: int) -> FileResponse:
    """A file of evidence, for whoever may read the claim."""
    row = ClaimFile.objects.filter(pk=pk).first()
    if row is None:
        raise Http404
    _claim(request, row.claim_id)
    return FileResponse(
        row.file.open("rb"), as_attachment=True, filename=row.name, content_type=row.content_type
    )
