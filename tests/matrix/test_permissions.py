"""The permissions on single dossiers say what memberships, assignments and appointments say.

In a house in full swing, and after every change that can move them.
"""

import pytest
from django.db import transaction

from accounts.models import Level, Membership, User
from accounts.services import firms
from accounts.services.people import register_person
from applications.models import Application, ApplicationUserObjectPermission
from applications.rules import EDIT, SCORE, SERVE, SUBMIT, VIEW
from reviews.models import Assignment
from reviews.services import declarations
from secretaries.models import ServiceAssignment, ServiceSecretary
from secretaries.services import appointments, backups
from tests.matrix import objects

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("undone")]

LEVELS = {
    Level.OWNER: {VIEW, EDIT, SUBMIT},
    Level.EDITOR: {VIEW, EDIT},
    Level.VIEWER: {VIEW},
}
READING = ("open", "finished", "locked")
Held = set[tuple[int, int, str]]


@pytest.fixture
def undone(house_in_full_swing):
    """What a test does to the house is undone."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def held() -> Held:
    """(person, dossier, permission) as guardian keeps them."""
    rows = ApplicationUserObjectPermission.objects.values_list(
        "user_id", "content_object_id", "permission__codename"
    )
    return set(rows)


def implied() -> Held:
    """The same, from the facts that they follow."""
    members = Membership.objects.filter(ended_at=None).values_list(
        "user_id", "organisation__applications__pk", "level"
    )
    firm = {(u, a, p) for u, a, level in members if a is not None for p in LEVELS[level]}
    assigned = Assignment.objects.filter(state__in=READING)
    experts = {(*pair, SCORE) for pair in assigned.values_list("expert__user", "application")}
    served = ServiceAssignment.objects.filter(valid_to=None)
    leads = {(*pair, SERVE) for pair in served.values_list("secretary__user", "application")}
    backups = {
        (*pair, SERVE)
        for pair in served.exclude(backup=None).values_list("backup__user", "application")
    }
    return firm | experts | leads | backups


def person(username: str) -> User:
    return User.objects.get(username=username)


def membership(username: str) -> Membership:
    return Membership.objects.get(user__username=username, ended_at=None)


def test_they_are_in_step_in_a_house_in_full_swing():
    assert held() == implied()
    assert {permission for _, _, permission in held()} == {VIEW, EDIT, SUBMIT, SCORE, SERVE}


def test_when_a_colleague_rises_and_another_leaves():
    before, owner = held(), person("applicant")
    firms.change_level(membership=membership("editor"), level=Level.OWNER, by=owner)
    firms.end_membership(membership=membership("viewer"), by=owner)
    assert held() == implied() != before
    assert not any(user == person("viewer").pk for user, _, _ in held())


def test_when_a_colleague_joins():
    firm = objects.dossiers()["draft"].firm
    colleague = register_person(
        username="colleague", email="colleague@example.org", name="新同事", password="long-enough-9"
    )
    firms.add_member(firm=firm, user_or_email=colleague, level=Level.VIEWER, by=person("applicant"))
    assert held() == implied()
    theirs = {dossier for user, dossier, _ in held() if user == colleague.pk}
    assert theirs == set(firm.applications.values_list("pk", flat=True))


def test_when_an_expert_steps_aside():
    expert = objects.seat_at_work().expert
    assignment = Assignment.objects.filter(expert=expert, state="open").order_by("pk")[0]
    declarations.step_aside(
        assignment=assignment, ground="unable", reason="不熟悉该行业工艺", by=expert.user
    )
    assert held() == implied()
    assert (expert.user_id, assignment.application_id, SCORE) not in held()


def test_when_a_project_changes_hands_and_gets_a_backup():
    current = ServiceAssignment.objects.filter(valid_to=None, role="lead").order_by("pk")[0]
    other, third = ServiceSecretary.objects.exclude(pk=current.secretary_id).order_by("-pk")[:2]
    taken = appointments.hand_over(
        assignment=current, to=other, note="工作调整，资料已当面移交。", by=person("lead")
    )
    backups.set_backup(assignment=taken, backup=third, by=person("lead"))
    assert held() == implied()
    serving = {
        user for user, dossier, p in held() if (dossier, p) == (current.application_id, SERVE)
    }
    assert serving == {other.user_id, third.user_id}


def test_nobody_holds_a_permission_on_a_dossier_of_a_firm_that_is_not_theirs():
    foreign = Application.objects.exclude(firm__memberships__user__username="applicant")
    mine = {dossier for user, dossier, _ in held() if user == person("applicant").pk}
    assert mine.isdisjoint(foreign.values_list("pk", flat=True))
