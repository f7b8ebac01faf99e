"""From the call to the submitted dossiers."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

from accounts.models import Organisation, Region, User
from accounts.rules import recommending_region
from applications.models import Application, Call, Industry, Scheme, Section
from applications.services import calls, competition, dossiers
from applications.services.attachments import add_attachment
from audit import clock
from awards.models import Envelope
from awards.services import envelopes
from rehearsal import inventing
from rehearsal.papers import pdf
from rehearsal.people import found_firm
from rehearsal.round import Round

WAN = Decimal(10_000)
# Every so many firms ask that a rival's engineer, who is in no pool, shall not review.
LOSER = "applicant3"
NAMES_SOMEBODY = 5
RIVAL = {
    "named_1_name": "欧阳竞秀",
    "named_1_employer": "省机械装备研究设计院有限公司",
    "named_1_reason": "现任同类产品竞争企业的技术顾问。",
}
DATA = Path(__file__).parent / "data"


def set_up_call(round_: Round) -> None:
    """Envelope by two finance officers, competition review, call by two programme officers."""
    cast, day = round_.cast, round_.opens_on
    closes_on = day + timedelta(days=round_.open_for)
    round_.wait_until(day - timedelta(days=round_.ahead))
    scheme = Scheme.objects.get()
    year = round_.year or day.year
    _set_ceiling(round_, scheme, year)
    competition.record_competition_review(
        scheme=scheme,
        reviewed_on=clock.today(),
        document_no=f"公竞审〔{year}〕3号",
        conclusion="符合例外规定，准予实施",
        exception_relied_on="公平竞争审查条例第十二条",
        expires_on=date(year + 3, day.month, 1),
        by=cast["officer"],
    )
    before = Call.objects.filter(year=year).count()
    round_.call = calls.create_call(
        scheme=scheme,
        year=year,
        name_zh=f"{year}年度第{'一二三四'[before]}批承接转移优势产业项目竞争性评审",
        name_en=f"Transferred advantage industries {year}, call {before + 1}",
        opens_at=datetime.combine(day, time(9), tzinfo=clock.SHANGHAI),
        closes_at=datetime.combine(closes_on, time(17), tzinfo=clock.SHANGHAI),
        envelope=round_.envelope_wan * WAN,
        max_request=3_000 * WAN,
        rules={
            "cut_off": "strict",
            "quota_by_region": {},
            "regional_quota": max(20, round_.count),
            **round_.rules,
        },
        guide_zh=(DATA / "guide_zh.txt").read_text(encoding="utf-8"),
        guide_en=(DATA / "guide_en.txt").read_text(encoding="utf-8"),
        contact="省主管部门产业转移处 0431-85550100",
        complaint_line="纪检监察组 0431-85550199",
        by=cast["officer"],
    )
    calls.propose_call(call=round_.call, by=cast["officer"])
    round_.refusals.expect(
        "own call published", lambda: calls.publish_call(call=round_.call, by=cast["officer"])
    )
    round_.call = calls.publish_call(call=round_.call, by=cast["officer2"])


def _set_ceiling(round_: Round, scheme: Scheme, year: int) -> None:
    """The year's ceiling, raised by what this call offers beside the year's other calls."""
    held = Envelope.objects.filter(scheme=scheme, year=year).first()
    change = envelopes.propose_ceiling(
        scheme=scheme,
        year=year,
        ceiling=round_.envelope_wan * WAN + (held.ceiling if held else 0),
        document_no=f"吉财预〔{year}〕{'11' if held is None else '37'}号",
        by=round_.cast["finance"],
    )
    round_.refusals.expect(
        "own ceiling confirmed",
        lambda: envelopes.confirm_ceiling(change=change, by=round_.cast["finance"]),
    )
    envelopes.confirm_ceiling(change=change, by=round_.cast["finance2"])


def submit_all(round_: Round) -> int:
    """Every invented firm fills in and submits; some withdraw; a latecomer is refused."""
    set_up_call(round_)
    round_.wait_until(round_.opens_on + timedelta(days=4), 9, 30)
    invented = invent(round_)
    round_.sign_ins |= _also_signs_in(round_, invented)
    last: Application | None = None
    for position, dossier in enumerate(round_.walk("submitted", invented)):
        last = file_one(round_, dossier, position)
    owners = list(round_.cast.owners.items())
    if last is not None and len(owners) > 1:
        stranger = next(u for firm, u in owners if firm != last.firm_id)
        round_.refusals.expect(
            "foreign dossier withdrawn",
            lambda: dossiers.withdraw(application=last, reason="不再申报", by=stranger),
        )
    _late(round_, invented[-1])
    return len(invented)


def _also_signs_in(round_: Round, invented: Sequence[inventing.Dossier]) -> dict[int, str]:
    """The demo's first call has one more: weak enough to get nothing, not so weak as to be sent
    away before the experts read it.
    """
    if not round_.password or User.objects.filter(username=LOSER).exists():
        return {}
    weakest = sorted(range(2, len(invented)), key=lambda place: invented[place].strength)
    return {weakest[2]: LOSER}


def invent(round_: Round) -> list[inventing.Dossier]:
    """The round's invented dossiers, from the catalogue's industries and their regions."""
    catalogue = [
        inventing.Industry(i.code, i.name_zh, tuple(r.code for r in i.clusters.all()))
        for i in Industry.objects.filter(catalogue="catalogue")
        .prefetch_related("clusters")
        .order_by("code")
    ]
    turn = Call.objects.exclude(pk=round_.call.pk).count()
    return list(
        inventing.dossiers(round_.rng, round_.count, catalogue, round_.first_serial, 3_000, turn)
    )


def file_one(
    round_: Round, dossier: inventing.Dossier, position: int, *, submit: bool = True
) -> Application:
    """One firm: account, dossier, sections, the required files, commitment, submission."""
    known = round_.sign_ins.get(position)
    username = known or f"firm{dossier.uscc[-8:].lower()}"
    firm = found_firm(round_.cast, dossier, username, round_.password if known else None)
    owner = round_.cast.owners[firm.pk]
    application = dossiers.start_dossier(
        call=round_.call,
        firm=firm,
        title=dossier.title,
        region=Region.objects.get(code=dossier.region),
        industry=Industry.objects.get(code=dossier.industry),
        by=owner,
    )
    fill_in(application, dossier, owner, position)
    if submit:
        dossiers.submit(application=application, commitment=True, by=owner)
    application.refresh_from_db()
    round_.dossiers[application.pk] = dossier
    return application


def fill_in(
    application: Application, dossier: inventing.Dossier, owner: User, position: int
) -> None:
    """Every section and every required file of a draft."""
    typed = dict(dossier.sections)
    typed["project"] = {
        "title": dossier.title,
        "region": dossier.region,
        "industry": dossier.industry,
        "site": "经济开发区创业路",
        "project_code": f"2401-{dossier.region}-04-01-{100000 + position:06d}",
        "building_kind": "new",
        "summary": f"{dossier.title}，建设生产车间及配套设施，购置成套设备。",
        "starts_on": f"{application.call.year - 1}-09-01",
        "finishes_on": f"{application.call.year + 1}-06-30",
    }
    typed["commitment"] = {"signatory": dossier.representative, "position": "法定代表人"}
    if position % NAMES_SOMEBODY == 0:
        typed["commitment"] |= RIVAL
    versions = dict(Section.objects.filter(application=application).values_list("code", "version"))
    for document in application.call.required_documents:
        if document["required"]:
            add_attachment(
                application=application,
                document=document["code"],
                upload=pdf(document["name_zh"][:20], f"{dossier.uscc} {document['code']}"),
                by=owner,
            )
    for code, data in typed.items():
        dossiers.save_section(
            application=application, code=code, data=data, version=versions[code], by=owner
        )


def _late(round_: Round, dossier: inventing.Dossier) -> None:
    """A draft opened in time is complete, but the closing instant passes: it is refused."""
    firm = Organisation.objects.get(uscc=dossier.uscc)
    owner = round_.cast.owners[firm.pk]
    late = dossiers.start_dossier(
        call=round_.call,
        firm=firm,
        title=f"{dossier.title}二期",
        region=Region.objects.get(code=dossier.region),
        industry=Industry.objects.get(code=dossier.industry),
        by=owner,
    )
    changed = replace(dossier, title=f"{dossier.title}二期")
    fill_in(late, changed, owner, 9_999)
    closing = round_.call.closes_at
    clock.travel_to(closing + timedelta(seconds=1))
    round_.refusals.expect(
        "late submission", lambda: dossiers.submit(application=late, commitment=True, by=owner)
    )
    dossiers.withdraw(application=late, reason="错过截止时间，撤回草稿。", by=owner)


def region_officer(round_: Round, application: Application) -> User:
    return round_.cast.regional(recommending_region(application.region))
