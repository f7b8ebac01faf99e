"""Who asked for something as a firm's owner and is of the office since decides on nothing of it."""

import pytest

from accounts.models import User
from accounts.roles import Role
from audit import clock
from audit.refusals import NotPermitted
from awards.services import acceptance, amendments, claims, progress
from secretaries.models import ServiceAssignment, ServiceSecretary
from tests import making
from tests.awards import stages

WHY = "情况已核实，按程序办理。"


def of_the_office(owner, role=Role.PROGRAMME_OFFICER):
    """The owner leaves the firm and gets a role."""
    left = owner.memberships.get()
    left.ended_at = clock.now()
    left.save()
    making.grant(owner, role)
    return User.objects.get(pk=owner.pk)


def refused(act, **values):
    with pytest.raises(NotPermitted):
        act(**values)


def test_reports_and_amendments(people, agreed):
    report = stages.reported(people, agreed.award, stages.pass_quarter())
    asked = amendments.propose_amendment(
        award=agreed.award, wanted={"tax_yuan": 9}, reason=WHY, by=people.owner
    )
    by = of_the_office(people.owner)
    refused(progress.confirm_report, report=report, text=WHY, by=by)
    refused(progress.return_report, report=report, reason=WHY, by=by)
    refused(amendments.grant_amendment, amendment=asked, text=WHY, by=by)
    refused(amendments.refuse_amendment, amendment=asked, reason=WHY, by=by)


def test_acceptances(people, agreed):
    row = stages.applied(people, stages.all_paid(people, agreed))
    by = of_the_office(people.owner)
    refused(acceptance.grade, acceptance=row, points=90, reasons=WHY, by=by)
    refused(acceptance.return_to_firm, acceptance=row, reason=WHY, by=by)
    graded = acceptance.grade(acceptance=row, points=90, reasons=WHY, by=people.officer)
    refused(acceptance.settle, acceptance=graded, text=WHY, by=by)
    refused(acceptance.send_back, acceptance=graded, reason=WHY, by=by)


def test_claims(people, agreed):
    claim = stages.claimed(people, stages.part(agreed, 1))
    by = of_the_office(people.owner, Role.SECRETARY)
    serving = ServiceAssignment.objects.get(application=agreed.award.application, valid_to=None)
    ServiceSecretary.objects.filter(pk=serving.secretary_id).update(user=by)
    refused(claims.verify_claim, claim=claim, text=WHY, by=by)
    refused(claims.return_claim, claim=claim, reason=WHY, by=by)
