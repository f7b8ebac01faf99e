"""现场核查: facts are corrected and the formulas computed anew; opinions stay as they are."""

import io
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from accounts.roles import Role
from audit import clock
from audit.models import Event
from audit.refusals import Invalid, NotPermitted, NotVisible, TooLate, WrongState
from awards.services import funding
from notifications.models import Message
from reviews import site_witnessing
from reviews.models import (
    Expert,
    ExpertInterest,
    SiteCheck,
    SiteChecker,
    SiteEvidence,
    SiteFigure,
    SiteFinding,
    SiteView,
)
from reviews.selectors import exports
from reviews.selectors import site_checks as reading
from reviews.selectors.recomputed import digest_of
from reviews.selectors.scores import locked_marks
from reviews.services import ranking, site_checks, site_deciding, site_findings
from reviews.services.site_findings import FiguresRefused, Found
from tests import making
from tests.racing import race
from tests.reviews import round, sitework
from tests.reviews.sitework import VIEW, WHY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
LESS = {"promised_headcount": "200.0"}


@pytest.fixture
def dossier(ranked_call):
    return round.dossiers(ranked_call)[0]


@pytest.fixture
def check(ranked_call, dossier, officer, officer2, finance) -> SiteCheck:
    return sitework.ordered(dossier, officer, officer2, finance)


@pytest.fixture
def finding(check, officer2) -> SiteFinding:
    return sitework.recorded(check, officer2, **LESS)


def late(finding) -> None:
    """The firm's time is over."""
    past = clock.now() - timedelta(minutes=1)
    behind("UPDATE reviews_sitefinding SET view_by = %s WHERE id = %s", past, finding.pk)


def behind(text: str, *values) -> None:
    """As a database superuser would: with the triggers off."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(text, values)
        cursor.execute("SET LOCAL session_replication_role = origin")


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
    days = (finding.view_by.astimezone(clock.SHANGHAI).date() - clock.today()).days
    assert days >= 7  # five working days and a weekend at least


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


# --- What waits for it ---------------------------------------------------------------------------


@pytest.fixture
def untied(ranked_call, officer, approver):
    """The ranking with its ties settled."""
    order = [
        e.application_id for e in ranked_call.rankings.get().entries.order_by("-application_id")
    ]
    decision = ranking.propose_joint_decision(
        call=ranked_call,
        order=order,
        minutes_no="联席纪要〔2026〕2号",
        reason="经联席会议研究确定先后",
        by=officer,
    )
    ranking.confirm_joint_decision(decision=decision, by=approver)
    ranking.compute_ranking(call=ranked_call, by=officer)
    return ranked_call


def test_the_funding_list_waits_for_open_checks_and_for_the_new_ranking(
    untied, dossier, officer, officer2, finance, applicant, approver
):
    listed = funding.draw_funding_list(call=untied, by=officer)
    check = sitework.ordered(dossier, officer, officer2, finance)
    for act in (
        lambda: funding.draw_funding_list(call=untied, by=officer),
        lambda: funding.submit_list(funding_list=listed, by=officer),
    ):
        with pytest.raises(WrongState, match=f"site check of dossier {dossier.number}"):
            act()
    refused_by_the_database(listed, "is open")
    sitework.confirmed(check, officer2, finance, applicant, **LESS)
    with pytest.raises(WrongState, match="Compute the ranking again"):
        funding.submit_list(funding_list=listed, by=officer)
    refused_by_the_database(listed, "older than a site check")
    ranking.compute_ranking(call=untied, by=officer)
    with pytest.raises(WrongState, match="Draw it again"):
        funding.submit_list(funding_list=listed, by=officer)
    listed = funding.draw_funding_list(call=untied, by=officer)
    funding.submit_list(funding_list=listed, by=officer)
    other = round.dossiers(untied)[1]
    late_check = sitework.ordered(other, officer, officer2, finance)
    with pytest.raises(WrongState, match="site check"):
        funding.approve_list(funding_list=listed, minutes_no="1号", note="", by=approver)
    site_checks.call_off(check=late_check, reason="已有审计报告可以佐证", by=officer)
    funding.approve_list(funding_list=listed, minutes_no="1号", note="", by=approver)
    with pytest.raises(WrongState, match="between the ranking"):
        sitework.ordered(other, officer, officer2, finance)


def refused_by_the_database(listed, why: str) -> None:
    with pytest.raises(DatabaseError, match=why), transaction.atomic():
        type(listed).objects.filter(pk=listed.pk).update(status="submitted")


@pytest.mark.django_db(transaction=True)
def test_a_list_and_a_check_at_once(untied, dossier, officer, officer2, finance):
    listed = funding.draw_funding_list(call=untied, by=officer)
    done = race(
        [
            lambda: funding.submit_list(funding_list=listed, by=officer),
            lambda: sitework.ordered(dossier, officer, officer2, finance),
        ]
    )
    assert sum(not isinstance(one, Exception) for one in done) >= 1


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


# --- What others know of it ----------------------------------------------------------------------


def test_rank_knows_of_a_correction(
    ranked_call, dossier, check, officer, officer2, finance, applicant
):
    def said() -> tuple[int, list[str]]:
        out = io.StringIO()
        try:
            call_command("rank", ranked_call.number, stdout=out, stderr=io.StringIO())
        except SystemExit as end:
            return int(end.code), out.getvalue().splitlines()
        return 0, out.getvalue().splitlines()

    sitework.confirmed(check, officer2, finance, applicant, **LESS)
    code, lines = said()
    assert code == 1
    assert lines[0].startswith(f"{dossier.number}: stored rank 1, total")
    assert lines[-1] == "a site check confirmed since is not in the ranking: compute it again"
    ranking.compute_ranking(call=ranked_call, by=officer)
    assert said()[0] == 0


def test_the_export_names_corrected_figures(
    ranked_call, dossier, check, officer, officer2, finance, applicant
):
    sitework.confirmed(check, officer2, finance, applicant, land_mu="75.00", **LESS)
    ranking.compute_ranking(call=ranked_call, by=officer)
    told = {
        row["application"]: row["corrected"]
        for row in exports.ranking_table(ranked_call, corrected=True)
    }
    assert told.pop(dossier.number) == "land_mu;promised_headcount"
    assert set(told.values()) == {""}


def test_each_act_leaves_one_event_and_tells_its_people(
    ranked_call, check, officer, officer2, finance, applicant
):
    sitework.confirmed(check, officer2, finance, applicant, **LESS)
    acts = Event.objects.filter(action__startswith="sitecheck.").order_by("id")
    assert [(e.action, e.actor_name, e.role) for e in acts] == [
        ("sitecheck.order", "秦项目", "programme_officer"),
        ("sitecheck.add_file", "许项目", "programme_officer"),
        ("sitecheck.record", "许项目", "programme_officer"),
        ("sitecheck.view", "宋企业", "owner"),
        ("sitecheck.confirm", "财经办", "finance_officer"),
    ]
    told = Message.objects.filter(kind__startswith="sitecheck.").values_list(
        "kind", "recipient__username"
    )
    assert sorted(told) == [
        ("sitecheck.announced", "applicant"),
        ("sitecheck.confirmed", "applicant"),
        ("sitecheck.found", "applicant"),
        ("sitecheck.ordered", "finance"),
        ("sitecheck.ordered", "officer2"),
        ("sitecheck.rank_again", "officer"),
        ("sitecheck.rank_again", "officer2"),
        ("sitecheck.to_confirm", "finance"),
        ("sitecheck.viewed", "finance"),
        ("sitecheck.viewed", "officer2"),
    ]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE reviews_sitefigure SET found = '250.0' WHERE field = 'promised_headcount'",
        "UPDATE reviews_sitefigure SET found = submitted",
        "UPDATE reviews_sitefinding SET text = '一切属实，没有差异。'",
        "UPDATE reviews_sitefinding SET veto = 'zone', veto_reason = '改动'",
        "DELETE FROM reviews_sitefigure WHERE field = 'land_mu'",
        "UPDATE reviews_siteview SET text = '企业不同意这一结果。'",
        "DELETE FROM reviews_siteview",
        "UPDATE reviews_sitecheck SET state = 'ordered'",
        "UPDATE reviews_siteevidence SET digest = repeat('0', 64)",
        "DELETE FROM reviews_sitechecker WHERE id = (SELECT min(id) FROM reviews_sitechecker)",
    ],
)
def test_what_is_altered_behind_is_named(check, officer2, finance, applicant, statement):
    sitework.confirmed(check, officer2, finance, applicant, **LESS)
    assert list(site_witnessing.site_checks()) == []
    behind(statement)
    assert list(site_witnessing.site_checks()) != []


@pytest.mark.parametrize("model", [SiteChecker, SiteEvidence, SiteFigure, SiteView])
def test_rows_are_added_only(check, officer2, finance, applicant, model):
    sitework.confirmed(check, officer2, finance, applicant, **LESS)
    row = model.objects.first()
    with pytest.raises(DatabaseError), transaction.atomic():
        row.save()
    with pytest.raises(DatabaseError), transaction.atomic():
        model.objects.filter(pk=row.pk).delete()


@pytest.mark.parametrize(
    "statement",
    [
        (
            "UPDATE reviews_sitefinding SET state = 'confirmed', checker_id = maker_id,"
            " decided_at = now()"
        ),
        (
            "UPDATE reviews_sitefinding SET state = 'confirmed', decided_at = now(), checker_id ="
            " (SELECT id FROM accounts_user WHERE username = 'finance')"
        ),  # the firm was not heard
        (
            "UPDATE reviews_sitefinding SET state = 'returned', returned_why = 'x',"
            " decided_at = now(), checker_id ="
            " (SELECT id FROM accounts_user WHERE username = 'officer')"
        ),  # does not go
        "UPDATE reviews_sitefinding SET text = 'x'",
        "UPDATE reviews_sitefinding SET view_by = now()",
        "UPDATE reviews_sitecheck SET state = 'confirmed'",
        "UPDATE reviews_sitecheck SET state = 'called_off'",
        "DELETE FROM reviews_sitecheck",
    ],
)
def test_the_database_refuses(finding, statement):
    with connection.cursor() as cursor, pytest.raises(DatabaseError), transaction.atomic():
        cursor.execute(statement)
