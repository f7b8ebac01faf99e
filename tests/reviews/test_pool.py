"""The expert pool: who is admitted, how an entry changes, which ties bar whom."""

from datetime import date

import pytest

from audit.models import Event
from audit.refusals import Invalid, NotPermitted, WrongState
from reviews.models import Expert, ExpertInterest
from reviews.rules import conflicts_of
from reviews.services import pool
from tests import making
from tests.racing import race
from tests.reviews import round

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def admit(user, officer, **more):
    values = {
        "kinds": ["technology"],
        "specialties": ["equipment"],
        "employer": making.organisation("某研究院", round.firm_region(), "institution"),
        "region": round.firm_region(),
        **more,
    }
    return pool.admit_expert(user=user, by=officer, **values)


def test_pseudonyms_run_without_gaps(officer, experts):
    assert [admit(user, officer).pseudonym for user in experts[:3]] == ["E0001", "E0002", "E0003"]
    event = Event.objects.filter(action="expert.admit").first()
    assert event.after["kinds"] == ["technology"]


def test_whom_the_pool_does_not_take(officer, supervisor, expert, applicant):
    admit(expert, officer)
    with pytest.raises(WrongState, match="already"):
        admit(expert, officer)
    with pytest.raises(Invalid, match="expert role"):
        admit(applicant, officer)
    with pytest.raises(NotPermitted):
        admit(expert, supervisor)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"kinds": []}, "kinds"),
        ({"kinds": ["magic"]}, "kinds"),
        ({"specialties": ["x"]}, "specialties"),
    ],
)
def test_kinds_and_specialties_come_from_the_lists(officer, expert, more, field):
    with pytest.raises(Invalid) as refused:
        admit(expert, officer, **more)
    assert refused.value.field == field


def test_a_new_employer_is_registered_with_the_entry(officer, expert):
    new = pool.NewEmployer("长春应用化学研究院", "12100000MB01")
    with pytest.raises(Invalid):
        admit(expert, officer, employer=new)
    assert not Expert.objects.exists()
    known = making.organisation("已登记的研究院", round.firm_region(), "institution")
    entry = admit(expert, officer, employer=pool.NewEmployer("别名", known.uscc))
    assert entry.employer == known


def test_an_entry_changes_with_before_and_after(officer, expert):
    entry = admit(expert, officer)
    pool.edit_expert(
        expert=entry,
        kinds=["finance", "technology"],
        specialties=[],
        employer=entry.employer,
        region=making.region("220200"),
        title="教授",
        active=False,
        by=officer,
    )
    event = Event.objects.get(action="expert.edit")
    assert (event.before["active"], event.after["active"]) == (True, False)
    assert (event.before["region"], event.after["region"]) == ("220100", "220200")


def test_an_expert_tells_of_own_ties_a_stranger_does_not(officer, expert, experts, firm):
    entry = admit(expert, officer)
    pool.record_interest(expert=entry, organisation=firm, kind="share", by=expert)
    pool.record_interest(expert=entry, organisation=firm, kind="share", by=officer)
    assert ExpertInterest.objects.count() == 1
    assert Event.objects.filter(action="expert.interest").count() == 1
    with pytest.raises(NotPermitted):
        pool.record_interest(expert=entry, organisation=firm, kind="kin", by=experts[0])
    with pytest.raises(Invalid):
        pool.record_interest(expert=entry, organisation=firm, kind="hearsay", by=officer)
    with pytest.raises(Invalid) as refused:
        pool.record_interest(
            expert=entry,
            organisation=firm,
            kind="work",
            since=date(2026, 2, 1),
            until=date(2026, 1, 1),
            by=officer,
        )
    assert refused.value.field == "until"


@pytest.mark.parametrize(
    ("kind", "until", "bars"),
    [
        ("work", None, True),
        ("work", date(2023, 6, 1), True),
        ("work", date(2023, 5, 31), False),
        ("employment", date(2020, 1, 1), False),
        ("kin", date(2001, 1, 1), True),
    ],
)
def test_what_ended_more_than_three_years_ago_no_longer_bars(
    officer, expert, screened, firm, kind, until, bars
):
    entry = admit(expert, officer)
    pool.record_interest(expert=entry, organisation=firm, kind=kind, until=until, by=officer)
    dossier = screened.applications.first()
    found = conflicts_of([entry], [dossier], same_region=False, on=date(2026, 6, 1))
    assert found == ({(entry.pk, dossier.pk): kind} if bars else {})


@pytest.mark.parametrize(("home", "bars"), [("220581", True), ("220500", False), ("220100", False)])
def test_home_bars_where_the_project_is_built_and_meihekou_is_not_tonghua(
    officer, expert, screened, home, bars
):
    entry = admit(expert, officer, region=making.region(home))
    dossier = screened.applications.first()
    found = conflicts_of([entry], [dossier], same_region=True, on=date(2026, 6, 1))
    assert found == ({(entry.pk, dossier.pk): "region"} if bars else {})


@pytest.mark.django_db(transaction=True)
def test_two_officers_admit_one_person_once(officer, officer2, expert, region_of):
    made = race([lambda: admit(expert, officer), lambda: admit(expert, officer2)])
    assert sorted(type(m).__name__ for m in made) == ["Expert", "WrongState"]
    assert Expert.objects.count() == 1
