"""Employers stand in a draw's certificate as salted hashes: outsiders open none, an auditor one."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from audit.digests import sm3
from audit.models import Event
from reviews.models import Expert
from reviews.selectors.certificates import certificate_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def test_employers_cannot_be_tried_out_from_the_certificate(draw, client_of, officer, supervisor):
    """Whoever knows every employer's code, the draw's number and the whole certificate."""
    told = json.dumps(certificate_of(draw))
    codes = [e.employer.uscc for e in Expert.objects.select_related("employer")]
    known = [draw.number, f"{draw.number}:institution", draw.input_hash, draw.seed, ""]
    known += [draw.operator_secret, draw.supervisor_secret]
    for salt in [*known, *(sm3(k.encode()) for k in known)]:
        for code in codes:
            assert sm3(f"{salt}:{code}".encode()) not in told
            assert sm3(f"{salt}{code}".encode()) not in told
    assert draw.salt not in told
    page = f"/draws/{draw.number}/"
    assert draw.salt not in client_of(officer).get(page).content.decode()
    assert draw.salt in client_of(supervisor).get(page).content.decode()
    events = " ".join(f"{e.after}{e.before}{e.reason}" for e in Event.objects.all())
    assert draw.salt not in events


def test_an_auditor_opens_one_employer(draw):
    for row in draw.input["experts"]:
        employer = Expert.objects.get(pseudonym=row["id"]).employer
        out = io.StringIO()
        call_command("open_institution", draw.number, row["institution"], stdout=out)
        assert out.getvalue() == f"{employer.uscc} {employer.name}\n"
    with pytest.raises(CommandError, match="has that hash"):
        call_command("open_institution", draw.number, "0" * 64)
    with pytest.raises(CommandError, match="no draw 2099"):
        call_command("open_institution", "2099-1-D1", "0" * 64)
