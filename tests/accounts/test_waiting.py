"""What accounts ask of whom."""

from accounts.roles import Role
from accounts.services import roles
from accounts.waiting import waiting_for
from audit import clock
from tests.cast import register


def test_a_person_without_a_firm_is_sent_to_register_one(region_of, applicant, officer):
    now = clock.now()
    newcomer = register("newcomer", "新人")
    assert [i.url for i in waiting_for(newcomer, now)] == ["/firm/new/"]
    assert waiting_for(applicant, now) == []
    assert waiting_for(officer, now) == []


def test_proposals_wait_for_the_others(house, secadmin, secadmin2, sysadmin, auditor):
    person = house.person("newcomer", "新人")
    roles.propose_grant(user=person, role=Role.EXPERT, reason="任命", by=secadmin)
    now = clock.now()

    def counts(user):
        return [i.count for i in waiting_for(user, now) if i.url == "/people/"]

    assert [counts(u) for u in (secadmin, secadmin2, sysadmin, auditor)] == [[], [1], [1], []]
