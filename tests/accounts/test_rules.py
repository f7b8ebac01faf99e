"""Roles, regions and levels come from grants and memberships, and from nothing else."""

import pytest

from accounts import rules, selectors
from accounts.models import Region, RoleGrant
from accounts.roles import ADMINISTRATORS, BUSINESS, FORBIDDEN_PAIRS, Role
from accounts.services import firms, people, roles


def test_officer_of_a_prefecture_covers_its_counties_by_reporting_line(region_siping, region_of):
    covered = Region.objects.filter(pk__in=rules.covered_regions(region_siping))
    assert [r.code for r in covered.order_by("code")] == [
        "220300",
        "220302",
        "220303",
        "220322",
        "220323",
        "220382",
    ]
    assert rules.has_role(region_siping, Role.REGIONAL_OFFICER, region_of("220322"))
    assert not rules.has_role(region_siping, Role.REGIONAL_OFFICER, region_of("220581"))


def test_the_database_says_the_same_reporting_line(db):
    below = Region.objects.exclude(parent=None).select_related("parent__reports_to")
    said = {r.code: r.said for r in below.annotate(said=selectors.line_code("parent"))}
    assert said == {r.code: r.parent.line.code for r in below}
    reporting = Region.objects.exclude(reports_to=None).select_related("reports_to__reports_to")
    found = {r.code: r.said for r in reporting.annotate(said=selectors.line_code("reports_to"))}
    assert found == {r.code: r.reports_to.line.code for r in reporting}
    assert {"220300", "220000"} <= set(found.values())


def test_tonghua_does_not_cover_meihekou(region, region2, region_of):
    meihekou = region_of("220581")
    assert meihekou.parent.code == "220500"
    assert meihekou.reports_to.code == "220000"
    assert not rules.has_role(region2, Role.REGIONAL_OFFICER, meihekou)
    assert rules.has_role(region, Role.REGIONAL_OFFICER, meihekou)
    assert list(selectors.officers_of(meihekou)) == [region]


@pytest.mark.parametrize(
    ("code", "recommends"),
    [("220322", "220300"), ("220581", "220581"), ("220500", "220500"), ("220582", "220500")],
)
def test_who_recommends_to_the_province(region_of, code, recommends):
    assert rules.recommending_region(region_of(code)).code == recommends


def test_recommending_regions_are_the_three_cities_and_meihekou(region_of):
    region_of("220000")
    codes = [r.code for r in selectors.recommending_regions()]
    assert codes == ["220300", "220400", "220500", "220581"]


def test_officers_of_a_county_include_its_city(house, region_siping, region_of):
    lishu = house.person("lishu", "梨树县", Role.REGIONAL_OFFICER, region=region_of("220322"))
    assert list(selectors.officers_of(region_of("220322"))) == [region_siping, lishu]
    assert list(selectors.officers_of(region_of("220300"))) == [region_siping]
    assert list(selectors.users_with_role(Role.REGIONAL_OFFICER)) == [region_siping, lishu]


def test_a_proposed_role_gives_nothing(house, secadmin):
    person = house.person("hopeful", "候任")
    roles.propose_grant(user=person, role=Role.APPROVER, reason="任命", by=secadmin)
    rules.forget(person)
    assert rules.roles_of(person) == frozenset()
    assert list(selectors.users_with_role(Role.APPROVER)) == []


def test_a_revoked_role_gives_nothing(officer, secadmin):
    roles.revoke_grant(grant=officer.grants.get(), reason="调离", by=secadmin)
    rules.forget(officer)
    assert not rules.has_role(officer, Role.PROGRAMME_OFFICER)


def test_a_disabled_person_holds_nothing(officer, applicant, firm, sysadmin):
    people.disable_user(user=officer, reason="离职", by=sysadmin)
    people.disable_user(user=applicant, reason="离职", by=sysadmin)
    for person in (officer, applicant):
        person.refresh_from_db()
        rules.forget(person)
    assert rules.roles_of(officer) == frozenset()
    assert not rules.is_owner(applicant, firm)
    assert list(selectors.users_with_role(Role.PROGRAMME_OFFICER)) == []
    assert list(selectors.members_of(firm)) == []


def test_visitors_hold_nothing(anonymous, firm):
    assert rules.roles_of(anonymous) == frozenset()
    assert not rules.has_role(None, Role.SUPERVISOR)
    assert rules.member_level(anonymous, firm) is None


def test_asking_again_costs_no_query(
    region_siping, region_of, applicant, firm, django_assert_num_queries
):
    lishu = region_of("220322")
    with django_assert_num_queries(2):
        for _ in range(3):
            rules.has_role(region_siping, Role.REGIONAL_OFFICER, lishu)
            rules.roles_of(region_siping)
    rules.forget(applicant)
    with django_assert_num_queries(1):
        for _ in range(3):
            rules.is_owner(applicant, firm)
            rules.may_edit_for(applicant, firm.pk)
            rules.roles_of(applicant)


def test_only_an_owner_owns_only_who_writes_edits(firm, applicant, editor, viewer):
    assert [rules.is_owner(p, firm) for p in (applicant, editor, viewer)] == [True, False, False]
    assert [rules.may_edit_for(p, firm) for p in (applicant, editor, viewer)] == [True, True, False]
    firms.end_membership(membership=editor.memberships.get(), by=applicant)
    rules.forget(editor)
    assert not rules.may_edit_for(editor, firm)


def test_the_three_administrators_hold_nothing_else():
    for administrator in ADMINISTRATORS:
        for other in set(Role) - {administrator}:
            assert frozenset({administrator, other}) in FORBIDDEN_PAIRS
    assert BUSINESS.isdisjoint(ADMINISTRATORS)


def test_acting_role_names_the_first_held(officer, anonymous):
    assert rules.acting_role(officer, Role.APPROVER, Role.PROGRAMME_OFFICER) == "programme_officer"
    assert rules.acting_role(anonymous, Role.APPROVER) == ""
    assert RoleGrant.objects.live().filter(user=officer).count() == 1
