"""A small house in full swing: the rehearsal's call in payment, one under review, one open.

Built through the services in a copy of the rehearsal's database, once a session.
"""

from datetime import date, timedelta
from decimal import Decimal
from random import Random

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import Level, Organisation, User
from accounts.roles import Role
from accounts.rules import recommending_region
from accounts.services import firms, roles, tokens
from accounts.services.people import create_user
from applications.models import Application, Call, CallStatus, Industry
from applications.services import calls, dossiers
from applications.services.attachments import add_attachment
from applications.services.recommendation import check_dossier, set_recommendation
from applications.sheet import default_sheet
from applications.workflow import Status
from audit import clock
from audit.origin import acting_from
from awards.models import CarryOver, PaymentBatch
from awards.services import envelopes
from awards.services.settlements import propose_settlement
from awards.services.treasury_answers import import_answer
from calendars.holidays import NoticeDay
from calendars.models import CalendarYear
from calendars.selectors import days_of
from calendars.services import propose_year
from rehearsal import checking, filing, people, reviewing, treasury
from rehearsal.papers import pdf
from rehearsal.round import Round
from reviews.services import panels
from secretaries.models import ServiceAssignment, ServiceSecretary
from secretaries.services.backups import set_backup
from secretaries.services.profiles import record_leave
from secretaries.services.visits import record_visit
from tests import making
from tests.applications.test_uploads import png
from tests.matrix.objects import seat_at_work
from tests.reviews import hearing, round, sheets

SEED = 5


def build() -> None:
    """Everything that the pages of the matrix show."""
    with acting_from("rehearsal"):
        cast, rng = people.known_cast(), Random(SEED)
        colleagues()
        under_review(cast, rng)
        paper_typed_in(cast)
        open_call(cast, rng)
        proposals(cast)
        differences(cast)
        visits_to_confirm()
        backed_by_another(cast)
        at_the_hearing(cast)
        programs()


def colleagues() -> None:
    """The first applicant's firm gets an editor and a viewer."""
    owner = User.objects.get(username="applicant")
    firm = Organisation.objects.get(memberships__user=owner)
    for username, name, level in (
        ("editor", "编同事", Level.EDITOR),
        ("viewer", "看同事", Level.VIEWER),
    ):
        person = create_user(
            username=username,
            email=f"{username}@{people.DOMAIN}",
            name=name,
            password=None,
            by=User.objects.get(username="sysadmin"),
        )
        firms.add_member(firm=firm, user_or_email=person, level=level, by=owner)


def programs() -> None:
    """A firm's and the treasury's systems have tokens; one was revoked."""
    for username in ("applicant", "finance"):
        person = User.objects.get(username=username)
        spare, _text = tokens.create_token(name="旧系统", days=30, by=person)
        tokens.revoke_token(token=spare, by=person)
        tokens.create_token(name="财务系统", days=365, by=person)


def visits_to_confirm() -> None:
    """Every served project's secretary has been there again; the firm has not confirmed it."""
    rows = ServiceAssignment.objects.filter(valid_to=None, role="lead")
    for row in rows.select_related("secretary__user").order_by("pk"):
        record_visit(
            assignment=row, on=clock.today(), kind="phone", people="项目负责人",
            summary="了解投产准备情况。", photos=[SimpleUploadedFile("现场.png", png())],
            by=row.secretary.user,
        )  # fmt: skip


def backed_by_another(cast: people.Cast) -> None:
    """The secretary who signs in neither serves the applicant's project nor stands in there."""
    row = ServiceAssignment.objects.get(
        application__firm__memberships__user__username="applicant", valid_to=None, role="lead"
    )
    others = ServiceSecretary.objects.exclude(user__username="secretary")
    set_backup(
        assignment=row,
        backup=others.exclude(pk=row.secretary_id).order_by("pk")[0],
        by=cast["lead"],
    )


def a_round(cast: people.Cast, rng: Random, opens_on: date, count: int) -> Round:
    return Round(
        cast=cast,
        rng=rng,
        count=count,
        opens_on=opens_on,
        first_serial=opens_on.year * 1000 + opens_on.month,
        year=opens_on.year,
        envelope_wan=12_000,
    )


def under_review(cast: people.Cast, rng: Random) -> Round:
    """Half of the experts have signed."""
    round_ = a_round(cast, rng, date(clock.today().year + 1, 2, 10), 7)
    filing.submit_all(round_)
    checking.screen_all(round_)
    reviewing.draw_experts(round_)
    reviewing.answer_invitations(round_)
    reviewing.open_review(round_)
    reviewing.score_all(round_, share=0.5)
    return round_


def at_the_hearing(cast: people.Cast) -> None:
    """A call in its hearing: the first firm was heard, one expert has marked it."""
    officer, now = cast["officer"], clock.now()
    firm = Organisation.objects.get(memberships__user__username="applicant")
    call = making.call(
        officer,
        number=f"{now.year}-9",
        year=now.year,
        sequence=9,
        status=CallStatus.DRAFT,
        sheet=default_sheet(),
        hearing_sheet=hearing.sheet(),
        rules={**round.RULES, **hearing.RULES, "exclude_same_region": False},
        required_documents=[],
    )
    kind = Industry.objects.filter(catalogue="catalogue").order_by("pk")[0]
    for n in range(3):
        making.dossier(call, firm, title=f"第{n + 1}号答辩项目", status=Status.ELIGIBLE, kind=kind)
    Call.objects.filter(pk=call.pk).update(
        closes_at=now - timedelta(days=1), status=CallStatus.SCREENED
    )
    call.refresh_from_db()
    panels.form_panels(call=call, by=officer)
    call.refresh_from_db()
    round.seat_all(round.drawn(call, officer, cast["supervisor"]))
    round.open_review(call, officer)
    for seat in hearing.seats(call):
        round.score(seat)
    hearing.closed_on_paper(call, officer)
    hearing.drawn_up(call, officer)
    hearing.sit(call, officer)
    hearing.pass_sittings(call)
    first = call.shortlist.entries.get(place=1)
    hearing.come(first, officer)
    hearing.mark_rest(hearing.seats(call)[0])


def open_call(cast: people.Cast, rng: Random) -> None:
    """Firms have filed; one is recommended already, one firm fills in a second dossier."""
    round_ = a_round(cast, rng, clock.today() + timedelta(days=40), 4)
    filing.set_up_call(round_)
    round_.wait_until(round_.opens_on)
    for position, dossier in enumerate(filing.invent(round_)):
        filing.file_one(round_, dossier, position)
    own, other, *_ = round_.applications(Status.SUBMITTED)
    draft = dossiers.start_dossier(
        call=round_.call,
        firm=own.firm,
        title="第二条产线",
        region=own.region,
        industry=own.industry,
        by=cast.owners[own.firm_id],
    )
    add_attachment(
        application=draft,
        document=round_.call.required_documents[0]["code"],
        upload=pdf("草稿附件", "draft"),
        by=cast.owners[own.firm_id],
    )
    round_.wait_until(timezone.localdate(round_.call.closes_at) + timedelta(days=2))
    recommend(round_, other)


def recommend(round_: Round, application: Application) -> None:
    officer = filing.region_officer(round_, application)
    check_dossier(
        application=application,
        site_visited_on=clock.today(),
        truthful=True,
        finance_agrees=True,
        opinion="现场核查与申报材料一致，同意推荐。",
        by=officer,
    )
    set_recommendation(
        call=round_.call,
        region=recommending_region(application.region),
        ordered=[application.pk],
        letter_no="联推〔2025〕9号",
        by=officer,
    )


def proposals(cast: people.Cast) -> None:
    """What waits for a second person: a call, a ceiling, a role, a year's holidays."""
    last = Call.objects.order_by("pk").last()
    draft = calls.create_call(
        scheme=last.scheme,
        year=last.year,
        name_zh="尚未发布的批次",
        name_en="A call not yet published",
        opens_at=last.opens_at + timedelta(days=300),
        closes_at=last.closes_at + timedelta(days=300),
        envelope=Decimal(10_000_000),
        max_request=Decimal(1_000_000),
        by=cast["officer"],
    )
    assert draft.status == CallStatus.DRAFT
    envelopes.propose_ceiling(
        scheme=last.scheme,
        year=last.year + 1,
        ceiling=Decimal(10_000_000),
        document_no="吉财预〔2026〕1号",
        by=cast["finance"],
    )
    # Directly: its year must have ended before a service would take it.
    first, second = last.scheme.envelopes.filter(year__gte=last.year).order_by("year")
    CarryOver.objects.create(
        source=first,
        target=second,
        amount=Decimal(10_000),
        document_no="吉财预〔2027〕1号",
        proposed_by=cast["finance"],
        proposed_at=clock.now(),
    )
    record_leave(
        secretary=ServiceSecretary.objects.get(user__username="secretary"),
        first_day=clock.today() + timedelta(days=30),
        last_day=clock.today() + timedelta(days=35),
        by=cast["lead"],
    )
    newcomer = create_user(
        username="newcomer",
        email=f"newcomer@{people.DOMAIN}",
        name="新来人",
        password=None,
        by=cast["sysadmin"],
    )
    roles.propose_grant(
        user=newcomer, role=Role.SUPERVISOR, region=None, reason="任命", by=cast["secadmin"]
    )
    notice = CalendarYear.objects.get(year=last.year)
    days = [NoticeDay(d.date, d.is_working, d.holiday, d.name) for d in days_of(notice)]
    propose_year(year=last.year, source_no="国办发明电〔2025〕1号", days=days, by=cast["sysadmin"])


def differences(cast: people.Cast) -> None:
    """A second answer to the first batch: of two unknown rows one waits for a colleague."""
    batch = PaymentBatch.objects.order_by("pk")[0]
    day = f"{clock.today():%Y-%m-%d}"
    rows = [("unknown-1", "ZF-91", "1.00", day), ("unknown-2", "ZF-92", "2.00", day)]
    _answer, kept = import_answer(
        number=batch.number, upload=treasury.table(rows), by=cast["finance"]
    )
    propose_settlement(
        batch=batch, kind="dismiss", answer_line=kept[0], reason="不属于本批次，已退国库更正。",
        by=cast["finance"],
    )  # fmt: skip


def paper_typed_in(cast: people.Cast) -> None:
    """One expert's sheets were marked on paper; one scribe has typed them in, another checks."""
    scribe = create_user(
        username="scribe",
        email=f"scribe@{people.DOMAIN}",
        name="录入人",
        password=None,
        by=cast["sysadmin"],
    )
    grant = roles.propose_grant(
        user=scribe, role=Role.PROGRAMME_OFFICER, region=None, reason="任命", by=cast["secadmin"]
    )
    roles.confirm_grant(grant=grant, by=cast["secadmin2"])
    seat = seat_at_work()
    sheets.two_scribes(seat, cast["officer2"], scribe, cast["supervisor"])
    sheets.typed_in(seat, cast["officer2"])
