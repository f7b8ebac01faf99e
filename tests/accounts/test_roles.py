"""Roles: two people, forbidden pairs, history; also against raw SQL and real threads."""

import threading

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from accounts import rules
from accounts.models import Level, Membership, RoleGrant, User
from accounts.roles import FORBIDDEN_PAIRS, Role
from accounts.services import bootstrap, firms, roles
from audit import clock
from audit.refusals import Conflict, Invalid, NotPermitted, Refused, WrongState
from audit.selectors import events_of


@pytest.fixture
def newcomer(house):
    return house.person("newcomer", "新人")


def propose(user, role, by, region=None):
    return roles.propose_grant(user=user, role=role, region=region, reason="任命", by=by)


def test_proposed_by_one_confirmed_by_another(newcomer, secadmin, secadmin2):
    grant = propose(newcomer, Role.APPROVER, secadmin)
    assert grant.state == "proposed"
    grant = roles.confirm_grant(grant=grant, by=secadmin2)
    assert (grant.state, grant.proposed_by, grant.confirmed_by) == ("live", secadmin, secadmin2)
    rules.forget(newcomer)
    assert rules.roles_of(newcomer) == {Role.APPROVER}
    told = [(e.action, e.actor_id, e.role, e.target) for e in events_of(grant)]
    assert told == [
        ("role.propose", secadmin.pk, "security_admin", "proposed"),
        ("role.confirm", secadmin2.pk, "security_admin", "live"),
    ]


def test_the_system_administrator_may_be_the_second_person(newcomer, secadmin, sysadmin):
    grant = roles.confirm_grant(grant=propose(newcomer, Role.APPROVER, secadmin), by=sysadmin)
    assert grant.state == "live"


def test_the_proposer_never_confirms(newcomer, secadmin):
    grant = propose(newcomer, Role.APPROVER, secadmin)
    with pytest.raises(NotPermitted):
        roles.confirm_grant(grant=grant, by=secadmin)
    grant.refresh_from_db()
    assert grant.state == "proposed"


@pytest.mark.parametrize("who", ["sysadmin", "auditor", "officer", "supervisor", "applicant"])
def test_only_security_administrators_propose_and_revoke(request, newcomer, approver, who):
    by = request.getfixturevalue(who)
    with pytest.raises(NotPermitted):
        propose(newcomer, Role.EXPERT, by)
    with pytest.raises(NotPermitted):
        roles.revoke_grant(grant=approver.grants.get(), reason="x", by=by)


@pytest.mark.parametrize("who", ["auditor", "officer", "supervisor", "applicant"])
def test_others_do_not_confirm(request, newcomer, secadmin, who):
    grant = propose(newcomer, Role.APPROVER, secadmin)
    with pytest.raises(NotPermitted):
        roles.confirm_grant(grant=grant, by=request.getfixturevalue(who))


def test_nobody_grants_confirms_or_revokes_for_themselves(secadmin, secadmin2):
    with pytest.raises(NotPermitted):
        propose(secadmin, Role.APPROVER, secadmin)
    with pytest.raises(NotPermitted):
        roles.revoke_grant(grant=secadmin.grants.get(), reason="x", by=secadmin)


@pytest.mark.parametrize("pair", sorted(sorted(p) for p in FORBIDDEN_PAIRS))
@pytest.mark.parametrize("turned", [False, True])
def test_forbidden_pairs_are_refused(newcomer, secadmin, region_of, pair, turned):
    first, second = [Role(r) for r in (reversed(pair) if turned else pair)]
    regions = {Role.REGIONAL_OFFICER: region_of("220300")}
    propose(newcomer, first, secadmin, regions.get(first))
    with pytest.raises(Invalid) as refused:
        propose(newcomer, second, secadmin, regions.get(second))
    assert refused.value.field == "role"
    assert newcomer.grants.count() == 1


def test_roles_that_go_together_are_granted(newcomer, house):
    house.grant(newcomer, Role.SECRETARY)
    house.grant(newcomer, Role.SECRETARY_LEAD)
    assert rules.roles_of(newcomer) == {Role.SECRETARY, Role.SECRETARY_LEAD}


def test_the_same_role_twice_is_refused(newcomer, secadmin):
    propose(newcomer, Role.APPROVER, secadmin)
    with pytest.raises(Invalid):
        propose(newcomer, Role.APPROVER, secadmin)


def test_a_regional_officer_may_act_for_two_regions(newcomer, secadmin, region_of):
    propose(newcomer, Role.REGIONAL_OFFICER, secadmin, region_of("220300"))
    propose(newcomer, Role.REGIONAL_OFFICER, secadmin, region_of("220400"))
    assert newcomer.grants.count() == 2


@pytest.mark.parametrize("code", [None, "220000", "220100"])
def test_a_regional_officer_needs_a_region_of_the_zone(newcomer, secadmin, region_of, code):
    with pytest.raises(Invalid) as refused:
        propose(newcomer, Role.REGIONAL_OFFICER, secadmin, code and region_of(code))
    assert refused.value.field == "region"


def test_other_roles_have_no_region(newcomer, secadmin, region_of):
    with pytest.raises(Invalid):
        propose(newcomer, Role.APPROVER, secadmin, region_of("220300"))


def test_who_acts_for_a_firm_holds_no_role(applicant, viewer, secadmin):
    for member in (applicant, viewer):
        with pytest.raises(Invalid):
            propose(member, Role.EXPERT, secadmin)


def test_a_reason_is_needed(newcomer, secadmin, approver):
    with pytest.raises(Invalid):
        roles.propose_grant(user=newcomer, role=Role.EXPERT, reason=" ", by=secadmin)
    with pytest.raises(Invalid):
        roles.revoke_grant(grant=approver.grants.get(), reason="", by=secadmin)


def test_a_proposal_is_decided_once(newcomer, secadmin, secadmin2):
    grant = propose(newcomer, Role.APPROVER, secadmin)
    roles.revoke_grant(grant=grant, reason="撤回", by=secadmin2)
    with pytest.raises(WrongState):
        roles.confirm_grant(grant=grant, by=secadmin2)
    with pytest.raises(WrongState):
        roles.revoke_grant(grant=grant, reason="再撤", by=secadmin2)


# --- By any path ---------------------------------------------------------------------------------


def raw_grant(user, role, **fields):
    now = clock.now()
    values = {"user": user, "role": role, "bootstrap": True, "proposed_at": now} | fields
    return RoleGrant.objects.bulk_create([RoleGrant(confirmed_at=now, **values)])[0]


@pytest.mark.parametrize("pair", sorted(sorted(p) for p in FORBIDDEN_PAIRS))
def test_the_database_refuses_forbidden_pairs(newcomer, region_of, pair):
    regions = {Role.REGIONAL_OFFICER: region_of("220300")}
    first, second = [Role(r) for r in pair]
    raw_grant(newcomer, first, region=regions.get(first))
    with pytest.raises(IntegrityError, match="not hold together"), transaction.atomic():
        raw_grant(newcomer, second, region=regions.get(second))


def test_the_database_refuses_a_role_beside_a_membership(applicant, officer, firm):
    with pytest.raises(IntegrityError, match="holds no role"), transaction.atomic():
        raw_grant(applicant, Role.EXPERT)
    with pytest.raises(IntegrityError, match="acts for no firm"), transaction.atomic():
        Membership.objects.create(
            user=officer, organisation=firm, level=Level.VIEWER, since=clock.now()
        )


@pytest.mark.parametrize(
    "change",
    [
        "role = 'supervisor'",
        "user_id = (SELECT id FROM accounts_user WHERE username = 'applicant')",
        "confirmed_at = confirmed_at + interval '1 day'",
        "proposed_by_id = confirmed_by_id",
        "confirmed_by_id = proposed_by_id",
    ],
)
def test_a_grant_keeps_its_history(officer, applicant, change):
    grant = officer.grants.get()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE accounts_rolegrant SET {change} WHERE id = %s", [grant.pk])


def test_a_revoked_grant_never_lives_again(officer, secadmin):
    grant = officer.grants.get()
    roles.revoke_grant(grant=grant, reason="调离", by=secadmin)
    with pytest.raises(IntegrityError, match="keeps its history"), transaction.atomic():
        RoleGrant.objects.filter(pk=grant.pk).update(revoked_at=None, revoked_by=None)


def test_people_grants_and_memberships_are_never_deleted(officer, applicant):
    nobody = User.objects.create(username="nobody", name="无人", email="nobody@example.test")
    of_nobody = User.objects.filter(pk=nobody.pk)
    for rows in (officer.grants.all(), applicant.memberships.all(), of_nobody):
        with pytest.raises(ProgrammingError, match="Cannot delete"), transaction.atomic():
            rows.delete()


def test_the_house_is_opened_once(house):
    with pytest.raises(WrongState):
        bootstrap.appoint_first(people=[])


def test_the_house_opens_with_two_security_administrators(region_of):
    one = bootstrap.First(Role.SYSTEM_ADMIN, "sysadmin", "s@example.org", "系统")
    with pytest.raises(Invalid):
        bootstrap.appoint_first(people=[one])


# --- At once -------------------------------------------------------------------------------------


def at_once(*acts):
    """Run the acts in threads that start together; what each returned or raised."""
    gate, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place, act):
        try:
            gate.wait()
            results[place] = act()
        except Exception as error:  # noqa: BLE001  (the test looks at it)
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.django_db(transaction=True)
def test_two_forbidden_roles_at_once_leave_one(house, newcomer):
    results = at_once(
        lambda: propose(newcomer, Role.SUPERVISOR, house.secadmin),
        lambda: propose(newcomer, Role.EXPERT, house.secadmin2),
    )
    assert sorted(isinstance(r, Refused) for r in results) == [False, True]
    assert newcomer.grants.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_role_and_a_firm_at_once_leave_one(house, newcomer, region_of):
    where = region_of("220581")
    results = at_once(
        lambda: propose(newcomer, Role.EXPERT, house.secadmin),
        lambda: firms.register_firm(
            name="并行公司",
            uscc="91220581MA0000004W",
            region=where,
            legal_representative="某",
            by=newcomer,
        ),
    )
    assert sorted(isinstance(r, Refused) for r in results) == [False, True]
    assert newcomer.grants.count() + newcomer.memberships.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_proposal_confirmed_and_withdrawn_at_once_is_decided_once(house, newcomer):
    grant = propose(newcomer, Role.EXPERT, house.secadmin)
    results = at_once(
        lambda: roles.confirm_grant(grant=grant, by=house.secadmin2),
        lambda: roles.confirm_grant(grant=grant, by=house.sysadmin),
    )
    assert sorted(isinstance(r, (WrongState, Conflict)) for r in results) == [False, True]
    assert events_of(grant).filter(action="role.confirm").count() == 1
