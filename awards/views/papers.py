"""Documents of the money as files: the agreement to be signed, what each side signed, the
allocation notice.
"""

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpResponse
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from awards.models import AllocationNotice
from awards.papers import agreement_paper, allocation_paper
from awards.selectors import money
from papers.http import guarded, paper_response


@login_required
@require_safe
def agreement_document(request: SignedInRequest, pk: int) -> HttpResponse:
    """The agreement's PDF, for whoever may read the agreement."""
    found = money.agreement_for(request.user, pk)
    if found is None:
        raise Http404
    return paper_response(agreement_paper(found))


@login_required
@require_safe
def signature(request: SignedInRequest, pk: int, side: str) -> FileResponse:
    """The file by which a side signed, for whoever may read the agreement."""
    found = money.agreement_for(request.user, pk)
    row = found and next((one for one in found.signatures.all() if one.side == side), None)
    if not row:
        raise Http404
    return guarded(
        FileResponse(
            row.file.open("rb"),
            as_attachment=True,
            filename=row.name,
            content_type=row.content_type,
        )
    )


@login_required
@require_safe
def allocation_document(request: SignedInRequest, pk: int) -> HttpResponse:
    """The allocation notice's PDF, for whoever may read one of the awards it covers: all of them
    are published.
    """
    found = AllocationNotice.objects.filter(pk=pk).first()
    if found is None or not money.visible_awards(request.user).filter(allocation=found).exists():
        raise Http404
    return paper_response(allocation_paper(found))
