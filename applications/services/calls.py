"""Setting up a call: written by one programme officer, published by another, then frozen."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from accounts.selectors import users_with_role
from applications import call_content, sheet_words
from applications import sheet as score_sheet
from applications.call_rules import CallRules, RulesError
from applications.models import Call, CallStatus, Scheme
from applications.selectors import calls as reading
from applications.services import call_notices
from applications.services.call_rows import CallInvalid, lock_call, note, require_officer
from applications.services.publication import make_edition, opening_problems
from audit import clock
from audit.refusals import Invalid, TooLate, WrongState

EDITABLE = frozenset(
    {
        "name_zh",
        "name_en",
        "guide_zh",
        "guide_en",
        "contact",
        "complaint_line",
        "opens_at",
        "closes_at",
        "envelope",
        "max_request",
        "rules",
        "sheet",
        "hearing_sheet",
        "required_documents",
        "screening_items",
    }
)


@transaction.atomic
def create_call(
    *,
    scheme: Scheme,
    year: int,
    name_zh: str,
    name_en: str,
    opens_at: datetime,
    closes_at: datetime,
    envelope: Decimal,
    max_request: Decimal,
    rules: dict[str, Any] | None = None,
    sheet: list[Any] | None = None,
    hearing_sheet: list[Any] | None = None,
    required_documents: list[dict[str, Any]] | None = None,
    screening_items: list[dict[str, Any]] | None = None,
    guide_zh: str = "",
    guide_en: str = "",
    contact: str = "",
    complaint_line: str = "",
    by: User,
) -> Call:
    """A draft of a call, numbered year-sequence. What is None starts from the defaults.

    Amounts in yuan, instants aware. Raises NotPermitted, Invalid.
    """
    require_officer(by)
    _require_terms(scheme, year, opens_at, closes_at, envelope, max_request)
    # Numbers run through all schemes of a year: whoever takes one holds the first scheme's row.
    Scheme.objects.select_for_update(no_key=True).order_by("pk").first()
    last = Call.objects.filter(year=year).aggregate(last=Max("sequence"))["last"] or 0
    checked = _rules_or_default(rules)
    call = Call.objects.create(
        scheme=scheme,
        year=year,
        sequence=last + 1,
        number=f"{year}-{last + 1}",
        name_zh=name_zh.strip(),
        name_en=name_en.strip(),
        guide_zh=guide_zh,
        guide_en=guide_en,
        contact=contact,
        complaint_line=complaint_line,
        opens_at=opens_at,
        closes_at=closes_at,
        envelope=envelope,
        max_request=max_request,
        rules=checked,
        sheet=_sheet_or_default(sheet),
        hearing_sheet=_hearing_sheet_for(checked, hearing_sheet or []),
        required_documents=_listed(required_documents, call_content.default_documents),
        screening_items=_listed(screening_items, call_content.default_screening),
        created_by=by,
        created_at=clock.now(),
    )
    note(call, "create", by, "", CallStatus.DRAFT, envelope=envelope)
    return call


def _listed(given: list[dict[str, Any]] | None, default: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = default() if given is None else given
    return items


def _rules_or_default(given: dict[str, Any] | None) -> dict[str, Any]:
    try:
        return CallRules.from_data(given or {}).to_data()
    except RulesError as error:
        raise Invalid(call_content.rule_problem(error), "rules") from None
    except (TypeError, ValueError):
        raise Invalid(_("The rules cannot be read."), "rules") from None


def _sheet_or_default(given: list[Any] | None) -> list[Any]:
    tree = score_sheet.default_sheet() if given is None else given
    try:
        score_sheet.parse(tree)
    except score_sheet.SheetError as error:
        raise CallInvalid([("sheet", sheet_words.sentence(p)) for p in error.problems]) from None
    return tree


def _hearing_sheet_for(rules: dict[str, Any], given: list[Any]) -> list[Any]:
    """As given, the default where a hearing has none yet, and none where there is no hearing."""
    if not CallRules.is_hearing_in(rules):
        return []
    tree = given or score_sheet.default_hearing_sheet()
    try:
        score_sheet.parse_hearing(tree)
    except score_sheet.SheetError as error:
        raise CallInvalid(
            [("hearing_sheet", sheet_words.sentence(p)) for p in error.problems]
        ) from None
    return tree


def _require_terms(
    scheme: Scheme,
    year: int,
    opens_at: datetime,
    closes_at: datetime,
    envelope: Decimal,
    max_request: Decimal,
) -> None:
    draft = Call(
        scheme=scheme,
        year=year,
        opens_at=opens_at,
        closes_at=closes_at,
        envelope=envelope,
        max_request=max_request,
    )
    problems = call_content.terms_problems(draft)
    if problems:
        raise CallInvalid(problems)


@transaction.atomic
def edit_call(*, call: Call, by: User, **fields: Any) -> Call:
    """Change a draft. Raises NotPermitted, WrongState (frozen once proposed), CallInvalid."""
    require_officer(by)
    row = lock_call(call)
    if row.status != CallStatus.DRAFT:
        raise WrongState(
            _("The call is not a draft any more. Recall it first; after opening it stays as it is.")
        )
    unknown = fields.keys() - EDITABLE
    if unknown:
        raise Invalid(_("A call has no such field."), min(unknown))
    if "rules" in fields:
        fields["rules"] = _rules_or_default(fields["rules"])
    if "sheet" in fields:
        fields["sheet"] = _sheet_or_default(fields["sheet"])
    if "rules" in fields or "hearing_sheet" in fields:
        given = fields.get("hearing_sheet", row.hearing_sheet)
        fields["hearing_sheet"] = _hearing_sheet_for(fields.get("rules", row.rules), given)
    changed = sorted(n for n, value in fields.items() if getattr(row, n) != value)
    for name in changed:
        setattr(row, name, fields[name])
    problems = call_content.terms_problems(row)
    if problems:
        raise CallInvalid(problems)
    if changed:
        row.save(update_fields=changed)
        note(row, "edit", by, row.status, row.status, changed=changed)
    return row


@transaction.atomic
def propose_call(*, call: Call, by: User) -> Call:
    """Give a draft to a second person: complete, and within the year's money as it stands now.

    Raises NotPermitted, WrongState, CallInvalid.
    """
    require_officer(by)
    row = lock_call(call)
    if row.status != CallStatus.DRAFT:
        raise WrongState(_("Only a draft can be proposed."))
    problems = [*call_content.problems_of(row), *reading.budget_problems(row)]
    if problems:
        raise CallInvalid(problems)
    row.status, row.proposed_by, row.proposed_at = CallStatus.PROPOSED, by, clock.now()
    row.save(update_fields=["status", "proposed_by", "proposed_at"])
    note(row, "propose", by, CallStatus.DRAFT, CallStatus.PROPOSED)
    others = [u for u in users_with_role(Role.PROGRAMME_OFFICER) if u.pk != by.pk]
    call_notices.tell(row, "call.proposed", others, moment=row.proposed_at, name=by.name)
    return row


@transaction.atomic
def send_back_call(*, call: Call, reason: str = "", by: User) -> Call:
    """A proposed call is a draft again: recalled by its proposer, or sent back with a reason."""
    require_officer(by)
    row = lock_call(call)
    if row.status != CallStatus.PROPOSED:
        raise WrongState(_("Only a proposed call can be sent back."))
    reason = reason.strip()
    if not reason and row.proposed_by_id != by.pk:
        raise Invalid(_("Say what has to be changed."), "reason")
    proposer = row.proposed_by
    _back_to_draft(row)
    note(row, "send_back", by, CallStatus.PROPOSED, CallStatus.DRAFT, reason)
    if proposer is not None and proposer.pk != by.pk:
        call_notices.tell(
            row, "call.sent_back", [proposer], moment=clock.now(), name=by.name, reason=reason
        )
    return row


def _back_to_draft(row: Call) -> None:
    row.status, row.proposed_by, row.proposed_at = CallStatus.DRAFT, None, None
    row.save(update_fields=["status", "proposed_by", "proposed_at"])


@transaction.atomic
def publish_call(*, call: Call, by: User) -> Call:
    """Publish a proposed call as a frozen edition; by another officer than proposed it.

    Raises NotPermitted (also the proposer), WrongState, TooLate (closing already past),
    CallInvalid (incomplete, no fair-competition review in force on the opening day, above the
    scheme's yearly limit, or an upper app's opening check objects).
    """
    require_officer(by)
    row = lock_call(call)
    now = clock.now()
    if (refused := reading.publication_refused(row, by, now)) is not None:
        raise refused
    problems = [*call_content.problems_of(row), *opening_problems(row, max(now, row.opens_at))]
    if problems:
        raise CallInvalid(problems)
    edition = make_edition(row, by, now)
    row.status = CallStatus.PUBLISHED
    row.save(update_fields=["status"])
    note(
        row,
        "publish",
        by,
        CallStatus.PROPOSED,
        CallStatus.PUBLISHED,
        edition=edition.pk,
        version=edition.version,
        digest=edition.digest,
    )
    call_notices.tell_published(row, now)
    return row


@transaction.atomic
def withdraw_publication(*, call: Call, reason: str, by: User) -> Call:
    """Take a published call back before it opens. The edition stays; the next is a new version."""
    require_officer(by)
    row = lock_call(call)
    if row.status != CallStatus.PUBLISHED:
        raise WrongState(_("The call is not published, or has gone on already."))
    if clock.now() >= row.opens_at:
        raise TooLate(_("The call has opened; from then on nothing in it can change."))
    if not reason.strip():
        raise Invalid(_("Say why the call is taken back; the reason is kept."), "reason")
    _back_to_draft(row)
    note(row, "withdraw_publication", by, CallStatus.PUBLISHED, CallStatus.DRAFT, reason.strip())
    return row
