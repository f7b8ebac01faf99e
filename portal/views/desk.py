"""The workbench and the search of whoever signed in."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from accounts.roles import Role
from accounts.rules import roles_of
from portal.selectors import desk, finding, waiting

# These read larger type: experts on their lists, secretaries on their phones.
ROOMY = frozenset({Role.EXPERT, Role.SECRETARY})


@require_safe
@login_required
def workbench(request: SignedInRequest) -> HttpResponse:
    user, now = request.user, request.clock.now
    boards = desk.boards_for(user, now)
    roles = roles_of(user)
    context = {
        "waiting": waiting.waiting_for(user, now),
        "main_boards": [board for board in boards if not board.side],
        "side_boards": [board for board in boards if board.side],
        "roles": [role.label for role in sorted(roles)],
        "base": _base(roles),
        "nothing_yet": not roles and not boards,
    }
    return render(request, "portal/workbench.html", context)


def _base(roles: frozenset[Role]) -> str:
    return "base.html" if roles - ROOMY else "base_public.html"


@require_safe
@login_required
def search(request: SignedInRequest) -> HttpResponse:
    text = request.GET.get("q", "")[:80]
    context = {
        "q": text,
        "groups": finding.find(request.user, text),
        "asked": len(text.strip()) >= finding.SHORTEST,
        "base": _base(roles_of(request.user)),
    }
    return render(request, "portal/search.html", context)
