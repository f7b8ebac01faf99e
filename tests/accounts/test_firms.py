"""Firms and their members: owners decide, one owner always remains, strangers see nothing."""

import pytest
from django.db import connection

from accounts import rules, selectors
from accounts.models import Level, Membership, Organisation, OrganisationKind
from accounts.services import firms
from accounts.signals import membership_changed
from audit.refusals import Invalid, NotPermitted, NotVisible, WrongState
from audit.selectors import events_of
from tests.accounts.test_roles import at_once
from tests.accounts.test_uscc import check_digit
from tests.cast import FIRM_CODE, register


def registration(region_of, **changed):
    values = {
        "name": "辽源新航汽车零部件有限公司",
        "uscc": "91220400MA00000027",
        "region": region_of("220402"),
        "legal_representative": "辛航",
    }
    return values | changed


def test_registering_makes_the_person_owner(region_of):
    person = register("newcomer", "新人")
    firm = firms.register_firm(**registration(region_of, uscc="91220400 ma0000-0027"), by=person)
    assert firm.uscc == "91220400MA00000027"
    assert rules.is_owner(person, firm)
    assert [e.action for e in events_of(firm)] == ["firm.register"]
    assert [e.action for e in events_of(firm.memberships.get())] == ["member.add"]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"uscc": "91220400MA00000028"}, "uscc"),
        ({"uscc": FIRM_CODE}, "uscc"),
        ({"uscc": ""}, "uscc"),
        ({"name": " "}, "name"),
        ({"legal_representative": ""}, "legal_representative"),
    ],
)
def test_what_cannot_be_registered(firm, region_of, changed, field):
    person = register("newcomer", "新人")
    with pytest.raises(Invalid) as refused:
        firms.register_firm(**registration(region_of, **changed), by=person)
    assert refused.value.field == field
    assert list(selectors.firms_of(person)) == []


def test_role_holders_register_no_firm(officer, region_of):
    with pytest.raises(NotPermitted):
        firms.register_firm(**registration(region_of), by=officer)


def test_an_owner_adds_a_colleague_by_address(firm, applicant):
    colleague = register("colleague", "同事")
    heard = []

    def listen(sender, organisation, user, **kwargs):
        heard.append((organisation, user, connection.in_atomic_block))

    membership_changed.connect(listen)
    try:
        firms.add_member(
            firm=firm, user_or_email="Colleague@example.org ", level=Level.EDITOR, by=applicant
        )
    finally:
        membership_changed.disconnect(listen)
    assert rules.member_level(colleague, firm) == Level.EDITOR
    assert heard == [(firm, colleague, True)]


@pytest.mark.parametrize("who", ["editor", "viewer"])
def test_only_an_owner_changes_members(request, firm, applicant, who):
    by = request.getfixturevalue(who)
    mine = by.memberships.get()
    register("colleague", "同事")
    with pytest.raises(NotPermitted):
        firms.add_member(
            firm=firm, user_or_email="colleague@example.org", level=Level.VIEWER, by=by
        )
    with pytest.raises(NotPermitted):
        firms.change_level(membership=mine, level=Level.OWNER, by=by)
    with pytest.raises(NotPermitted):
        firms.end_membership(membership=applicant.memberships.get(), by=by)
    with pytest.raises(NotPermitted):
        firms.edit_firm(firm=firm, changes={"name": "改名公司"}, by=by)


@pytest.mark.parametrize("who", ["applicant2", "officer", "sysadmin"])
def test_strangers_may_not_know_of_the_firm(request, firm, applicant, who):
    by = request.getfixturevalue(who)
    membership = applicant.memberships.get()
    with pytest.raises(NotVisible):
        firms.add_member(firm=firm, user_or_email=by, level=Level.OWNER, by=by)
    with pytest.raises(NotVisible):
        firms.end_membership(membership=membership, by=by)
    with pytest.raises(NotVisible):
        firms.change_level(membership=membership, level=Level.VIEWER, by=by)


def test_unknown_and_role_holding_people_get_one_answer(firm, applicant, expert):
    said = set()
    for address in ("nobody@example.org", expert.email, ""):
        with pytest.raises(Invalid) as refused:
            firms.add_member(firm=firm, user_or_email=address, level=Level.EDITOR, by=applicant)
        said.add(str(refused.value.message))
    assert said == {str(firms.NOBODY)}


def test_a_member_is_added_once(firm, applicant, editor):
    with pytest.raises(Invalid):
        firms.add_member(firm=firm, user_or_email=editor, level=Level.VIEWER, by=applicant)


def test_a_member_may_leave_and_return(firm, applicant, editor):
    firms.end_membership(membership=editor.memberships.get(), by=editor)
    assert rules.member_level(editor, firm) is None
    with pytest.raises(WrongState):
        firms.end_membership(membership=editor.memberships.get(), by=applicant)
    firms.add_member(firm=firm, user_or_email=editor, level=Level.VIEWER, by=applicant)
    rules.forget(editor)
    assert rules.member_level(editor, firm) == Level.VIEWER
    assert editor.memberships.count() == 2


def test_the_last_owner_stays(firm, applicant, editor):
    mine = applicant.memberships.get()
    with pytest.raises(Invalid):
        firms.end_membership(membership=mine, by=applicant)
    with pytest.raises(Invalid):
        firms.change_level(membership=mine, level=Level.EDITOR, by=applicant)
    firms.change_level(membership=editor.memberships.get(), level=Level.OWNER, by=applicant)
    firms.end_membership(membership=mine, by=applicant)
    assert list(selectors.members_of(firm, Level.OWNER)) == [editor]


@pytest.mark.django_db(transaction=True)
def test_two_owners_leaving_at_once_leave_one(firm, applicant, editor):
    firms.change_level(membership=editor.memberships.get(), level=Level.OWNER, by=applicant)
    memberships = [applicant.memberships.get(), editor.memberships.get()]
    results = at_once(
        *(lambda m=m: firms.end_membership(membership=m, by=m.user) for m in memberships)
    )
    assert sorted(isinstance(r, Invalid) for r in results) == [False, True]
    assert selectors.members_of(firm, Level.OWNER).count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_code_registered_eight_times_at_once_is_one_firm(region_of):
    people = [register(f"person{n}", f"人{n}") for n in range(8)]
    values = registration(region_of)
    results = at_once(*(lambda p=p: firms.register_firm(**values, by=p) for p in people))
    assert sum(isinstance(r, Organisation) for r in results) == 1
    assert sum(isinstance(r, Invalid) for r in results) == 7
    assert Membership.objects.count() == 1


def test_an_owner_corrects_particulars(firm, applicant):
    firms.edit_firm(
        firm=firm,
        changes={"contact_phone": "0435-4200000", "address": " 松源路 1 号 "},
        by=applicant,
    )
    firm.refresh_from_db()
    assert (firm.contact_phone, firm.address) == ("0435-4200000", "松源路 1 号")
    assert [e.action for e in events_of(firm)] == ["firm.register", "firm.edit"]


def test_institutions_are_entered_by_officers(officer, applicant, region_of):
    values = {
        "kind": OrganisationKind.INSTITUTION,
        "name": "吉林大学",
        "uscc": "12100000412755660J",
        "region": region_of("220100"),
    }
    values["uscc"] = values["uscc"][:17] + check_digit(values["uscc"])
    unit = firms.register_unit(**values, by=officer)
    assert unit.kind == OrganisationKind.INSTITUTION
    with pytest.raises(NotPermitted):
        firms.register_unit(**values, by=applicant)
