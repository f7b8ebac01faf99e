"""The numbers of service: those in force, a further version, and those before."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import SignedInRequest
from audit.refusals import Refused
from secretaries.forms.settings import NumbersForm
from secretaries.models import ServiceSettings
from secretaries.selectors.settings import in_force
from secretaries.services.settings import set_numbers
from secretaries.views.board import lead_only


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def numbers(request: SignedInRequest) -> HttpResponse:
    """The lead reads and sets them."""
    lead_only(request)
    version, in_use = in_force()
    initial = {**in_use.to_data(), "seen": version}
    form: forms.Form = NumbersForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        about = {name: data.pop(name) for name in ("document_no", "reason", "seen")}
        try:
            set_numbers(values=data, by=request.user, **about)
        except Refused as refused:
            field = refused.field if refused.field in form.fields else None
            form.add_error(field, str(refused.message))
        else:
            messages.success(request, _("In force from now on; clocks that run keep their days."))
            return redirect("secretaries:numbers")
    context = {
        "form": form,
        "version": version,
        "versions": list(ServiceSettings.objects.select_related("set_by")[:20]),
    }
    status = 422 if form.is_bound else 200
    return render(request, "secretaries/numbers.html", context, status=status)
