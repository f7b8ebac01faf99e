"""The cast of the tests holds what its names say."""

import pytest

from accounts import rules, selectors
from accounts.models import Level
from accounts.roles import Role

ONE_ROLE = {
    "sysadmin": Role.SYSTEM_ADMIN,
    "secadmin": Role.SECURITY_ADMIN,
    "secadmin2": Role.SECURITY_ADMIN,
    "auditor": Role.AUDIT_ADMIN,
    "region": Role.REGIONAL_OFFICER,
    "region2": Role.REGIONAL_OFFICER,
    "region_siping": Role.REGIONAL_OFFICER,
    "officer": Role.PROGRAMME_OFFICER,
    "officer2": Role.PROGRAMME_OFFICER,
    "expert": Role.EXPERT,
    "supervisor": Role.SUPERVISOR,
    "approver": Role.APPROVER,
    "finance": Role.FINANCE_OFFICER,
    "finance2": Role.FINANCE_OFFICER,
    "secretary": Role.SECRETARY,
    "lead": Role.SECRETARY_LEAD,
}


@pytest.mark.parametrize(("name", "role"), ONE_ROLE.items())
def test_each_holds_one_role(request, name, role):
    assert rules.roles_of(request.getfixturevalue(name)) == {role}


def test_the_firm_has_an_owner_an_editor_and_a_viewer(firm, applicant, editor, viewer):
    levels = [rules.member_level(person, firm) for person in (applicant, editor, viewer)]
    assert levels == [Level.OWNER, Level.EDITOR, Level.VIEWER]
    assert list(selectors.members_of(firm)) == [applicant, editor, viewer]
    assert (firm.uscc, firm.region.code) == ("91220581MA0000004W", "220581")


def test_the_two_firms_are_strangers(firm, firm2, applicant, applicant2):
    assert rules.member_level(applicant, firm2) is None
    assert rules.member_level(applicant2, firm) is None
