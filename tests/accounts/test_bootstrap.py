"""The first administrators: four people, once, each setting the own password by a link."""

import io

import pytest
from django.core.management import CommandError, call_command

from accounts import rules
from accounts.models import User
from accounts.roles import Role
from audit.models import Event
from audit.witnesses import registered

FOUR = {
    "system": "孟系统:sys:sys@example.org",
    "security": "安一:sec1:sec1@example.org",
    "security2": "安二:sec2:sec2@example.org",
    "audit": "沈审:aud:aud@example.org",
}


def run(**changed):
    out = io.StringIO()
    call_command("bootstrap_admins", **(FOUR | changed), stdout=out)
    return dict(line.split("\t") for line in out.getvalue().splitlines())


def test_four_people_with_links_that_work(region_of, client):
    links = run()
    assert list(links) == ["sys", "sec1", "sec2", "aud"]
    held = {u.username: rules.roles_of(u) for u in User.objects.all()}
    assert held == {
        "sys": {Role.SYSTEM_ADMIN},
        "sec1": {Role.SECURITY_ADMIN},
        "sec2": {Role.SECURITY_ADMIN},
        "aud": {Role.AUDIT_ADMIN},
    }
    assert {e.origin for e in Event.objects.all()} == {"bootstrap_admins"}
    page = client.get(links["sec1"], follow=True)
    new = {"password1": "first-password-1", "password2": "first-password-1"}
    client.post(page.request["PATH_INFO"], new)
    assert User.objects.get(username="sec1").check_password("first-password-1")
    assert [line for name, check in registered().items() for line in check()] == []


@pytest.mark.parametrize("bad", ["孟系统", "孟系统:sys:", "::", "孟:sec1:other@example.org"])
def test_what_is_not_a_person_opens_nothing(region_of, bad):
    with pytest.raises(CommandError):
        run(system=bad)
    assert User.objects.count() == 0


def test_only_once(house):
    with pytest.raises(CommandError):
        run()
