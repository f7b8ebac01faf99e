"""Accounts: who opens and closes them, and what is refused."""

import pytest
from django.db import IntegrityError, transaction

from accounts import rules
from accounts.models import User
from accounts.services import people
from audit.refusals import Invalid, NotPermitted, WrongState
from audit.selectors import events_of

NEW = {
    "username": "newcomer",
    "email": "Newcomer@Example.org",
    "name": " 新  人 ",
    "password": "steelyard-demo",
}


def test_a_system_administrator_opens_an_account(sysadmin):
    user = people.create_user(**NEW, by=sysadmin)
    assert (user.username, user.email, user.name) == ("newcomer", "newcomer@example.org", "新 人")
    assert user.check_password("steelyard-demo")
    event = events_of(user).get()
    assert (event.action, event.actor_id, event.role) == (
        "account.create",
        sysadmin.pk,
        "system_admin",
    )
    assert event.after["username"] == "newcomer"


@pytest.mark.parametrize("who", ["secadmin", "auditor", "officer", "applicant"])
def test_nobody_else_opens_or_disables(request, who, viewer):
    by = request.getfixturevalue(who)
    with pytest.raises(NotPermitted):
        people.create_user(**NEW, by=by)
    with pytest.raises(NotPermitted):
        people.disable_user(user=viewer, reason="x", by=by)
    assert not User.objects.filter(username="newcomer").exists()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"username": "SYSADMIN"}, "username"),
        ({"username": ""}, "username"),
        ({"username": "a b"}, "username"),
        ({"username": "me@example.org"}, "username"),
        ({"username": "x" * 151}, "username"),
        ({"email": "SysAdmin@example.ORG"}, "email"),
        ({"email": "nothing"}, "email"),
        ({"email": ""}, "email"),
        ({"name": "  "}, "name"),
        ({"name": "名" * 61}, "name"),
        ({"password": "short"}, "password"),
        ({"password": "123456789012"}, "password"),
        ({"language": "fr"}, "language"),
    ],
)
def test_what_cannot_be_an_account(sysadmin, changed, field):
    before = User.objects.count()
    with pytest.raises(Invalid) as refused:
        people.create_user(**(NEW | changed), by=sysadmin)
    assert refused.value.field == field
    assert User.objects.count() == before


def test_rare_characters_in_names_survive(sysadmin):
    user = people.create_user(**(NEW | {"name": "𠮷䶮㛃"}), by=sysadmin)
    assert User.objects.get(pk=user.pk).name == "𠮷䶮㛃"


def test_disabled_and_enabled_again(sysadmin, officer):
    people.disable_user(user=officer, reason="离职", by=sysadmin)
    officer.refresh_from_db()
    assert (officer.is_active, officer.disabled_at is None) == (False, False)
    with pytest.raises(WrongState):
        people.disable_user(user=officer, reason="又", by=sysadmin)
    people.enable_user(user=officer, by=sysadmin)
    officer.refresh_from_db()
    assert (officer.is_active, officer.disabled_at) == (True, None)
    with pytest.raises(WrongState):
        people.enable_user(user=officer, by=sysadmin)
    actions = [e.action for e in events_of(officer)]
    assert actions == ["account.create", "account.disable", "account.enable"]
    assert events_of(officer)[1].reason == "离职"


def test_a_reason_is_needed_and_nobody_disables_themselves(sysadmin, officer):
    with pytest.raises(Invalid):
        people.disable_user(user=officer, reason="  ", by=sysadmin)
    with pytest.raises(NotPermitted):
        people.disable_user(user=sysadmin, reason="x", by=sysadmin)


def test_correcting_particulars(sysadmin, officer, officer2, region_of):
    changed = people.edit_user(
        user=officer,
        changes={"name": "秦 改名", "email": "qin@example.org", "region": region_of("220300")},
        by=sysadmin,
    )
    assert (changed.name, changed.email, changed.region.code) == (
        "秦 改名",
        "qin@example.org",
        "220300",
    )
    event = events_of(officer).last()
    assert (event.before["name"], event.after["name"]) == ("秦项目", "秦 改名")
    with pytest.raises(Invalid) as refused:
        people.edit_user(user=officer, changes={"email": officer2.email}, by=sysadmin)
    assert refused.value.field == "email"


def test_an_edit_that_changes_nothing_leaves_no_event(sysadmin, officer):
    people.edit_user(user=officer, changes={"name": officer.name}, by=sysadmin)
    assert [e.action for e in events_of(officer)] == ["account.create"]


def test_there_is_no_superuser(db, officer):
    with pytest.raises(NotImplementedError):
        User.objects.create_superuser("root", "root@example.org", "x")
    with pytest.raises(IntegrityError, match="there_is_no_superuser"), transaction.atomic():
        User.objects.filter(pk=officer.pk).update(is_superuser=True)


def test_everybody_chooses_the_own_language(applicant, applicant2):
    people.set_language(user=applicant, language="en", by=applicant)
    applicant.refresh_from_db()
    assert applicant.language == "en"
    with pytest.raises(NotPermitted):
        people.set_language(user=applicant, language="zh-hans", by=applicant2)
    with pytest.raises(Invalid):
        people.set_language(user=applicant, language="tlh", by=applicant)


def test_registering_makes_a_person_without_any_role(applicant):
    assert rules.roles_of(applicant) == frozenset()
    event = events_of(applicant).first()
    assert (event.action, event.actor_id) == ("account.register", applicant.pk)
