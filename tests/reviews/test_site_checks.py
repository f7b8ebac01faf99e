"""现场核查: facts are corrected and the formulas computed anew; opinions stay as they are."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from accounts.roles import Role
from audit import clock
from audit.refusals import Invalid, NotPermitted, NotVisible, TooLate, WrongState
from calendars.selectors import working_days
from reviews.models import (
    Expert,
    ExpertInterest,
    SiteCheck,
    SiteChecker,
    SiteFinding,
)
from reviews.selectors import site_standing as reading
from reviews.selectors.recomputed import digest_of
from reviews.selectors.scores import locked_marks
from reviews.services import ranking, site_checks, site_deciding, site_findings
from reviews.services.site_findings import FiguresRefused, Found
from tests import making
from tests.racing import race
from tests.reviews import round, sitework
from tests.reviews.sitework import LESS, VIEW, WHY, behind

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def late(finding) -> None:
    """The firm's time is over."""
    past = clock.now() - timedelta(minutes=1)
    behind("UPDATE reviews_sitefinding SET view_by = %s WHERE id = %s", past, finding.pk)


# --- From the ranking to the corrected ranking ---------------------------------------------------


def test_from_the_ranking_to_the_corrected_ranking(
    ranked_call, dossier, check, officer, officer2, finance, applicant
):
    before = ranked_call.rankings.get()
    old = before.entries.get(application=dossier)
    submission = dossier.submissions.get()
    marks = locked_marks(ranked_call)
    sitework.confirmed(check, officer2, finance, applicant, **LESS)
    after = ranking.compute_ranking(call=ranked_call, by=officer)
    assert (after.version, after.digest != before.digest) == (2, True)
    new = after.entries.get(application=dossier)
    assert old.details["formula"]["J1.1"]["working"].startswith("8 × min(1, (280 − 112)")
    assert new.details["formula"]["J1.1"]["working"].startswith("8 × min(1, (200 − 112)")
    assert (old.net_new_jobs, new.net_new_jobs) == (Decimal(168), Decimal(88))
    assert new.details["experts"] == old.details["experts"]
    assert new.total < old.total
    assert new.details["site"]["corrections"] == {
        "promised_headcount": {"submitted": "280.0", "found": "200.0"}
    }
    assert dossier.submissions.get().content == submission.content
    assert locked_marks(ranked_call) == marks
    others = after.entries.exclude(application=dossier)
    assert {str(e.details["formula"]) for e in others} == {str(old.details["formula"])}
    assert not any("site" in entry.details for entry in others)


def test_what_agrees_with_the_dossier_changes_nothing_and_needs_no_view(
    ranked_call, check, officer, officer2, finance
):
    finding = sitework.recorded(check, officer2)
    site_deciding.confirm_finding(finding=finding, by=finance)
    assert ranking.compute_ranking(call=ranked_call, by=officer) == ranked_call.rankings.get()
    assert reading.unsettled(ranked_call) == reading.Unsettled("", False)


def test_a_later_check_takes_an_earlier_one_back(
    ranked_call, dossier, check, officer, officer2, finance, applicant
):
    first = ranked_call.rankings.get()
    sitework.confirmed(check, officer2, finance, applicant, **LESS)
    again = sitework.ordered(dossier, officer, officer2, finance)
    # both confirmed, nothing ranked between them: the ranking that stands knows neither
    finding = sitework.confirmed(again, finance, officer2, applicant)
    assert reading.unsettled(ranked_call).outdated
    made = ranking.compute_ranking(call=ranked_call, by=officer)
    assert (made.version, reading.unsettled(ranked_call).outdated) == (2, False)
    entries = list(made.entries.select_related("application"))
    mine = next(e for e in entries if e.application_id == dossier.pk)
    assert mine.details.pop("site") == {"digest": finding.digest, "veto": "", "corrections": {}}
    assert digest_of(entries) == first.digest


def test_a_veto_on_the_spot_takes_the_dossier_out_of_the_rank(
    ranked_call, dossier, check, officer, officer2, finance, applicant
):
    finding = sitework.confirmed(check, officer2, finance, applicant, veto="zone")
    assert (finding.corrections, finding.veto) == (0, "zone")
    made = ranking.compute_ranking(call=ranked_call, by=officer)
    entry = made.entries.get(application=dossier)
    assert (entry.state, entry.rank) == ("vetoed", None)
    assert entry.details["vetoes"] == ["screening:zone"]


def test_a_veto_is_one_of_the_calls_own(check, officer2):
    for code in ("papers", "taste"):  # papers is no veto in this call
        with pytest.raises(Invalid, match="no such veto"):
            sitework.recorded(check, officer2, veto=code)


# --- Who, and when -------------------------------------------------------------------------------


def test_two_at_least_who_may(
    ranked_call, dossier, officer, officer2, finance, lead, region, region2
):
    with pytest.raises(Invalid, match="at least two"):
        sitework.ordered(dossier, officer, officer2)
    with pytest.raises(Invalid, match="at least two"):
        sitework.ordered(dossier, officer, officer2, officer2)
    with pytest.raises(Invalid, match="holds no role that checks"):
        sitework.ordered(dossier, officer, officer2, lead)
    with pytest.raises(Invalid, match="acts for the place"):
        sitework.ordered(dossier, officer, officer2, region)
    with pytest.raises(NotPermitted):
        sitework.ordered(dossier, finance, officer2, region2)
    check = sitework.ordered(dossier, officer, officer2, region2)
    assert set(check.checkers.values_list("user__username", flat=True)) == {"officer2", "region2"}
    with pytest.raises(WrongState, match="under way already"):
        sitework.ordered(dossier, officer, officer2, finance)


def test_no_expert_of_the_call_and_nobody_tied_to_the_firm(
    ranked_call, dossier, officer, officer2, finance, experts, house, firm
):
    seat = ranked_call.draws.get().seats.select_related("expert__user").filter(state="accepted")[0]
    with pytest.raises(Invalid, match="was an expert of this call"):
        sitework.ordered(dossier, officer, officer2, seat.expert.user)
    with pytest.raises(DatabaseError), transaction.atomic():
        SiteChecker.objects.create(
            site_check=sitework.ordered(dossier, officer, officer2, finance),
            user=seat.expert.user,
        )


def test_ties_on_record_bar_as_they_bar_experts(ranked_call, dossier, officer, officer2, firm):
    person = making.person("曾入库的财务人员", Role.FINANCE_OFFICER)
    entry = Expert.objects.create(
        user=person,
        kinds=["finance"],
        specialties=[],
        employer=making.organisation("某研究所", making.region("220100"), "institution"),
        region=making.region("220100"),
        pseudonym="Z001",
        admitted_at=clock.now(),
    )
    ExpertInterest.objects.create(
        expert=entry, organisation=firm, kind="share", recorded_at=clock.now()
    )
    with pytest.raises(Invalid, match="holds shares"):
        sitework.ordered(dossier, officer, officer2, person)


def test_only_between_the_ranking_and_the_decision(scored, officer, officer2, finance):
    dossier = round.dossiers(scored)[0]
    with pytest.raises(WrongState, match="between the ranking"):
        sitework.ordered(dossier, officer, officer2, finance)
    with pytest.raises(DatabaseError), transaction.atomic():
        SiteCheck.objects.create(
            application=dossier,
            day=clock.today(),
            reason=WHY,
            ordered_by=officer,
            ordered_at=clock.now(),
        )


def test_one_records_and_another_confirms(check, finding, officer, officer2, finance):
    late(finding)
    with pytest.raises(NotPermitted, match="may not confirm it"):
        site_deciding.confirm_finding(finding=finding, by=officer2)
    with pytest.raises(NotVisible):
        site_deciding.confirm_finding(finding=finding, by=officer)  # does not go
    done = site_deciding.confirm_finding(finding=finding, by=finance)
    assert (done.state, done.checker) == ("confirmed", finance)
    check.refresh_from_db()
    assert check.state == "confirmed"
    with pytest.raises(WrongState, match="decided already"):
        site_deciding.confirm_finding(finding=finding, by=finance)


def test_the_firm_is_heard_first_once_and_in_time(finding, finance, applicant, viewer, applicant2):
    with pytest.raises(WrongState, match="may still state its view"):
        site_deciding.confirm_finding(finding=finding, by=finance)
    for stranger in (applicant2, viewer, finance):
        with pytest.raises(NotVisible):
            site_deciding.state_view(finding=finding, text=VIEW, by=stranger)
    with pytest.raises(Invalid, match="at least ten"):
        site_deciding.state_view(finding=finding, text="不", by=applicant)
    site_deciding.state_view(finding=finding, text=VIEW, by=applicant)
    with pytest.raises(WrongState, match="already"):
        site_deciding.state_view(finding=finding, text=VIEW, by=applicant)
    assert site_deciding.confirm_finding(finding=finding, by=finance).state == "confirmed"


def test_a_view_that_comes_too_late(finding, applicant):
    late(finding)
    with pytest.raises(TooLate):
        site_deciding.state_view(finding=finding, text=VIEW, by=applicant)


def test_the_time_counts_the_calls_working_days(check, finding, ranked_call):
    assert ranked_call.rule_set.site_view_days == 5
    today, last = clock.today(), finding.view_by.astimezone(clock.SHANGHAI).date()
    table = working_days()
    counted = [today + timedelta(days=n) for n in range(1, (last - today).days + 1)]
    assert sum(map(table.is_working, counted)) == 5
    assert table.is_working(last)


def test_every_figure_with_value_reason_and_file(check, officer2):
    whole = sitework.report(check, officer2)
    figures = {one.field: one for one in whole.figures}
    file = sitework.evidence(check, officer2).pk

    def refused(*changed: Found, without: str = "") -> dict[str, str]:
        told = figures | {one.field: one for one in changed}
        told.pop(without, None)
        report = type(whole)(whole.visited_on, whole.text, list(told.values()))
        with pytest.raises(FiguresRefused) as problems:
            site_findings.record_finding(check=check, report=report, by=officer2)
        return {name: str(text) for name, text in problems.value.problems.items()}

    assert refused(without="land_mu") == {"land_mu": "Say whether this is as in the dossier."}
    assert refused(Found("land_mu", "75.00", "", file)) == {
        "land_mu": "Say why the value differs from the dossier."
    }
    assert refused(Found("land_mu", "75.00", "实测", None)) == {
        "land_mu": "Choose the file that shows it."
    }
    assert refused(Found("land_mu", "", "实测", file)) == {"land_mu": "Enter the value found."}
    assert list(refused(Found("land_mu", "七十五", "实测", file))) == ["land_mu"]
    assert refused(Found("requested_yuan", "1", "改", file)) == {}
    assert SiteFinding.objects.count() == 0


def test_a_finding_is_sent_back_and_made_anew(check, finding, officer2, finance, applicant):
    site_deciding.return_finding(finding=finding, reason="请附社保缴费名册后再报", by=finance)
    check.refresh_from_db()
    assert check.state == "ordered"
    second = sitework.recorded(check, finance, promised_headcount="210.0")
    assert (second.version, second.maker) == (2, finance)
    site_deciding.state_view(finding=second, text=VIEW, by=applicant)
    site_deciding.confirm_finding(finding=second, by=officer2)
    assert list(check.findings.values_list("version", "state")) == [
        (1, "returned"),
        (2, "confirmed"),
    ]


def test_called_off_only_while_nothing_waits(check, finding, officer, finance):
    with pytest.raises(WrongState, match="nothing was recorded"):
        site_checks.call_off(check=check, reason="企业临时停产，改日再查", by=officer)
    site_deciding.return_finding(finding=finding, reason="请附社保缴费名册后再报", by=finance)
    with pytest.raises(NotPermitted):
        site_checks.call_off(check=check, reason="企业临时停产，改日再查", by=finance)
    site_checks.call_off(check=check, reason="企业临时停产，改日再查", by=officer)
    assert SiteCheck.objects.get().state == "called_off"


@pytest.mark.django_db(transaction=True)
def test_two_confirm_at_once(ranked_call, dossier, officer, officer2, finance, region2):
    check = sitework.ordered(dossier, officer, officer2, finance, region2)
    finding = sitework.recorded(check, officer2)
    done = race(
        [
            lambda: site_deciding.confirm_finding(finding=finding, by=finance),
            lambda: site_deciding.return_finding(
                finding=finding, reason="请附社保缴费名册后再报", by=region2
            ),
        ]
    )
    assert [type(one) for one in done if isinstance(one, Exception)] == [WrongState]
