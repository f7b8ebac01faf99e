"""From submitted to eligible: regional check, ranked recommendation, screening."""

from collections import defaultdict

from accounts.models import Region, User
from accounts.rules import recommending_region
from applications.models import Application
from applications.services import dossiers
from applications.services.corrections import return_to_firm
from applications.services.recommendation import check_dossier, not_recommend, set_recommendation
from applications.services.screening import (
    Item,
    answer_finding,
    declare,
    run_checks,
    save_screening,
)
from applications.workflow import Status
from audit import clock
from rehearsal.filing import region_officer
from rehearsal.round import Round


def screen_all(round_: Round) -> int:
    """Regions check and recommend in rank; the officer screens, returns once, declares."""
    round_.wait_working_days(3)
    _regions(round_)
    round_.wait_working_days(5)
    _screening(round_)
    return len(round_.applications(Status.ELIGIBLE))


def pass_all(round_: Round) -> None:
    """The same without a return or a refusal: every dossier is recommended and eligible."""
    round_.wait_working_days(3)
    by_region: dict[Region, list[Application]] = defaultdict(list)
    for application in round_.applications(Status.SUBMITTED):
        _check(application, region_officer(round_, application))
        by_region[recommending_region(application.region)].append(application)
    for region, members in sorted(by_region.items(), key=lambda item: item[0].code):
        _recommend(round_, region, members)
    round_.wait_working_days(2)
    for application in round_.applications(Status.RECOMMENDED):
        _screen(round_, application, fails=False)


def _correct(round_: Round, application: Application, text: str) -> None:
    """A returned dossier comes back two working days later as a new version."""
    round_.wait_working_days(2)
    owner = round_.cast.owners[application.firm_id]
    section = application.sections.get(code="market")
    dossiers.save_section(
        application=application,
        code="market",
        data=section.data | {"market": f"{section.data['market']}{text}"},
        version=section.version,
        by=owner,
    )
    dossiers.submit(application=application, commitment=True, by=owner)


def _regions(round_: Round) -> None:
    submitted = round_.applications(Status.SUBMITTED)
    returned = submitted[3:5]
    for application in returned:
        officer = region_officer(round_, application)
        return_to_firm(
            application=application,
            reasons=[{"section": "market", "text": "请补充订单依据和主要客户名单。"}],
            by=officer,
        )
    stranger = round_.cast["region_liaoyuan"]
    other = next(a for a in submitted if recommending_region(a.region).code != "220400")
    round_.refusals.expect("foreign region checks", lambda: _check(other, stranger))
    for application in returned:
        _correct(round_, application, "已补充：主要客户三家，合同见附件。")
    by_region: dict[Region, list[Application]] = defaultdict(list)
    for application in round_.walk("checked", round_.applications(Status.SUBMITTED)):
        _check(application, region_officer(round_, application))
        by_region[recommending_region(application.region)].append(application)
    for region, members in sorted(by_region.items(), key=lambda item: item[0].code):
        _recommend(round_, region, members)


def _check(application: Application, officer: User) -> None:
    check_dossier(
        application=application,
        site_visited_on=clock.today(),
        truthful=True,
        finance_agrees=True,
        opinion="现场核查与申报材料一致，项目用地、备案手续真实，同意推荐。",
        by=officer,
    )


def _recommend(round_: Round, region: Region, members: list[Application]) -> None:
    officer = round_.cast.regional(region)
    ordered = sorted(members, key=lambda a: (-round_.dossiers[a.pk].strength, a.pk))
    if len(ordered) > 6 and round_.dossiers[ordered[-1].pk].strength < 0.3:
        not_recommend(
            application=ordered.pop(), reason="建设条件不成熟，本批次不予推荐。", by=officer
        )
    set_recommendation(
        call=round_.call,
        region=region,
        ordered=[application.pk for application in ordered],
        letter_no=f"联推〔{round_.call.year}〕{region.code[3]}号",
        by=officer,
    )


def _screening(round_: Round) -> None:
    recommended = round_.applications(Status.RECOMMENDED)
    officer = round_.cast["officer"]
    first = recommended[0]
    return_to_firm(
        application=first,
        reasons=[{"section": "market", "text": "请说明订单覆盖产能的计算口径。"}],
        by=officer,
    )
    round_.refusals.expect(
        "returned twice",
        lambda: return_to_firm(
            application=first, reasons=[{"section": "market", "text": "请再次补充。"}], by=officer
        ),
    )
    _correct(round_, first, "口径为已签合同年供货量除以设计产能。")
    weakest = min(recommended[1:], key=lambda a: round_.dossiers[a.pk].strength)
    for application in round_.walk("eligible", round_.applications(Status.RECOMMENDED)):
        _screen(round_, application, fails=application.pk == weakest.pk)


def _screen(round_: Round, application: Application, *, fails: bool) -> None:
    officer = round_.cast["officer"]
    for finding in run_checks(application=application, by=officer):
        if finding.severity != "info":
            answer_finding(
                finding=finding, answer="经核对，建设内容与原项目不同，不构成重复。", by=officer
            )
    items: dict[str, Item] = {
        item["code"]: {"ok": True, "reason": "经核对材料，符合要求。"}
        for item in round_.call.screening_items
    }
    if fails:
        items["land_possible"] = {"ok": False, "reason": "用地尚在调规，本年度无法落实。"}
    save_screening(application=application, items=items, by=officer)
    if fails:
        round_.refusals.expect(
            "eligible with a veto",
            lambda: declare(application=application, verdict="eligible", by=officer),
        )
    declare(application=application, verdict="ineligible" if fails else "eligible", by=officer)
