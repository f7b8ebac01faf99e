"""From the first ranking to the corrected one: a dossier is checked on the spot."""

from decimal import Decimal

from django.db.models import Q

from audit import clock
from awards.services import funding
from rehearsal.papers import pdf
from rehearsal.round import Round
from reviews.models import SiteCheck, SiteFinding
from reviews.selectors.rankings import latest
from reviews.services import ranking, site_checks, site_deciding, site_findings
from reviews.services.site_findings import Found, Report
from reviews.site_figures import CHECKED


def check_on_the_spot(round_: Round) -> None:
    """Two people find less invested than submitted; the firm is heard, another confirms, the
    ranking is computed again.
    """
    cast = round_.cast
    check = _order(round_)
    round_.let_pass(minutes=90)
    finding = _record(round_, check)
    round_.refusals.expect(
        "list drawn with an open site check",
        lambda: funding.draw_funding_list(call=round_.call, by=cast["officer"]),
    )
    round_.refusals.expect(
        "own finding confirmed",
        lambda: site_deciding.confirm_finding(finding=finding, by=cast["officer2"]),
    )
    round_.refusals.expect(
        "finding confirmed before the firm was heard",
        lambda: site_deciding.confirm_finding(finding=finding, by=cast["finance2"]),
    )
    site_deciding.state_view(
        finding=finding,
        text="核查期间尚有一笔设备款未取得发票，企业认可现场核实的数额。",
        by=cast.owners[check.application.firm_id],
    )
    round_.let_pass(minutes=30)
    site_deciding.confirm_finding(finding=finding, by=cast["finance2"])
    ranking.compute_ranking(call=round_.call, by=cast["officer"])
    round_.call.refresh_from_db()


def _order(round_: Round) -> SiteCheck:
    found = latest(round_.call)
    if found is None:
        raise RuntimeError("nothing is ranked")
    # The firm that signs in for the demo, where it stands in the ranking: else the best.
    mine = Q(application__firm__memberships__user__username="applicant")
    chosen = found.entries.select_related("application__call").order_by("rank")
    best = chosen.filter(mine, rank__isnull=False).first() or chosen[0]
    [check] = site_checks.order_checks(
        call=round_.call,
        applications=[best.application],
        day=clock.today(),
        checkers=[round_.cast["officer2"], round_.cast["finance2"]],
        reason="名列前茅、申请额度较大，按规定现场核查。",
        by=round_.cast["officer"],
    )
    return check


def _record(round_: Round, check: SiteCheck) -> SiteFinding:
    maker = round_.cast["officer2"]
    file = site_findings.add_evidence(check=check, upload=pdf("设备台账", f"{check.pk}"), by=maker)
    submission = check.application.submissions.order_by("-version")[0]
    invested = Decimal(submission.content["figures"]["invested_yuan"])
    less = f"{(invested * Decimal('0.97')).quantize(Decimal('0.01'))}"
    figures = [
        Found(name, less, "一笔设备款未见发票和入库单", file.pk)
        if name == "invested_yuan"
        else Found(name)
        for name in CHECKED
    ]
    report = Report(
        clock.today(), "会见项目负责人和财务人员，查看厂房、设备、账册和社保名册。", figures
    )
    return site_findings.record_finding(check=check, report=report, by=maker)
