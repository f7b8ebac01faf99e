"""得分告知书: given out as a document on request, the same content once only."""

import json
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.roles import Role
from accounts.rules import has_role
from applications.models import Application
from applications.rules import RESULTS_OUT, acts_for_firm
from audit import clock
from audit.digests import canonical, sm3
from audit.refusals import NotPermitted, NotVisible
from audit.services import record
from reviews.models import PointsStatement, RankingEntry


@transaction.atomic
def issue_statement(
    *, entry: RankingEntry, content: Mapping[str, Any], by: User
) -> PointsStatement:
    """The statement with this content of the entry; made if there is none yet (`is_new`).

    `content`: what `reviews.statements.content_of` gives. For the firm's own people and the
    programme officers, once the results are published.
    """
    dossier = Application.objects.select_for_update(of=("self",)).select_related("call")
    row = dossier.get(pk=entry.application_id)
    if row.call.status not in RESULTS_OUT:
        raise NotVisible
    officer = has_role(by, Role.PROGRAMME_OFFICER)
    if not (officer or acts_for_firm(by, row)):
        raise NotPermitted
    digest = sm3(canonical(content))
    given = PointsStatement.objects.filter(entry__application=row).order_by("pk")
    for one in given:
        if (one.entry_id, one.digest) == (entry.pk, digest):
            return one
    statement = PointsStatement.objects.create(
        entry=entry,
        number=f"{row.number}-S{len(given) + 1}",
        content=json.loads(canonical(content)),
        digest=digest,
        issued_by=by,
        issued_at=clock.now(),
    )
    statement.is_new = True
    record(
        action="statement.issue",
        obj=statement,
        by=by,
        role=Role.PROGRAMME_OFFICER if officer else "",
        after=statement_facts(statement),
        scope=row.call.number,
    )
    return statement


def statement_facts(row: PointsStatement) -> dict[str, Any]:
    """What the log keeps of a statement."""
    return {"number": row.number, "digest": row.digest}
