"""Pages of people, firms, roles and the calendar: who sees them, what they do, what they cost."""

import pytest
from django.urls import reverse

from accounts import rules
from accounts.models import Level, Organisation, User
from accounts.roles import Role
from accounts.services import firms, people, roles
from tests.cast import register
from tests.letters import send_letters

EVERYBODY = [
    "applicant",
    "applicant2",
    "editor",
    "viewer",
    "region",
    "officer",
    "expert",
    "supervisor",
    "approver",
    "finance",
    "secretary",
    "lead",
    "sysadmin",
    "secadmin",
    "auditor",
    "anonymous",
]
MEMBERS = {"applicant", "editor", "viewer"}
FIRMLESS = set(EVERYBODY) - MEMBERS - {"applicant2"}
ADMINS = {"sysadmin", "secadmin"}


@pytest.fixture
def browser(request, client_of):
    """The client of a named person of the cast; 'anonymous' is a visitor."""

    def named(name):
        return client_of(None if name == "anonymous" else request.getfixturevalue(name))

    return named


def expected(who, allowed, otherwise):
    if who == "anonymous":
        return 302
    return 200 if who in allowed else otherwise


@pytest.mark.parametrize("who", EVERYBODY)
def test_who_opens_which_page(browser, who, firm, officer, year_in_force):
    client = browser(who)

    def status(name, *args):
        return client.get(reverse(f"accounts:{name}", args=args)).status_code

    pk = firm.pk
    owner = firm.memberships.get(level=Level.OWNER).pk
    grant = officer.grants.get().pk
    assert status("profile") == expected(who, set(EVERYBODY), 200)
    assert status("firm_detail", pk) == expected(who, MEMBERS, 404)
    assert status("firm_edit", pk) == expected(who, {"applicant"}, 403 if who in MEMBERS else 404)
    assert status("member_end", owner) == expected(
        who, {"applicant"}, 403 if who in MEMBERS else 404
    )
    assert status("firm_new") == expected(who, MEMBERS | {"applicant2"}, 403)
    assert status("people") == expected(who, ADMINS, 403)
    assert status("people") == status("calendar")
    assert status("person", officer.pk) == expected(who, ADMINS, 403)
    assert status("person_new") == expected(who, {"sysadmin"}, 403)
    assert status("person_edit", officer.pk) == expected(who, {"sysadmin"}, 403)
    assert status("person_switch", officer.pk) == expected(who, {"sysadmin"}, 403)
    assert status("grant_confirm", grant) == expected(who, ADMINS, 403)
    assert status("grant_revoke", grant) == expected(who, {"secadmin"}, 403)
    assert status("calendar_new") == expected(who, {"sysadmin"}, 403)
    assert status("calendar_year", year_in_force.pk) == expected(who, ADMINS, 403)
    if who in FIRMLESS:
        assert status("firm") == expected(who, set(), 403)
    else:
        assert client.get("/firm/").status_code == 302


@pytest.mark.parametrize("who", EVERYBODY)
def test_who_may_post_what(browser, who, firm, officer, secadmin2, expert):
    """Whoever may not act changes nothing, by any address."""
    client = browser(who)
    proposal = roles.propose_grant(
        user=User.objects.create(username="hopeful", name="候任", email="h@example.org"),
        role=Role.APPROVER,
        reason="任命",
        by=secadmin2,
    )
    newcomer = register("newcomer", "新人")
    owner = firm.memberships.get(level=Level.OWNER)

    def post(view, pk, **data):
        return client.post(reverse(f"accounts:{view}", args=[pk]), data).status_code

    if who not in ADMINS:
        assert post("grant_confirm", proposal.pk) in (302, 403)
        proposal.refresh_from_db()
        assert proposal.state == "proposed"
    if who != "sysadmin":
        assert post("person_switch", officer.pk, reason="x") in (302, 403)
        assert post("person_link", officer.pk) in (302, 403)
        officer.refresh_from_db()
        assert officer.is_active
    if who != "secadmin":
        assert post("grant_revoke", expert.grants.get().pk, reason="x") in (302, 403)
        assert post("grant_propose", newcomer.pk, role="expert", reason="x") in (302, 403, 200)
        assert expert.grants.get().state == "live"
        assert newcomer.grants.count() == 0
    if who != "applicant":
        denied = 302 if who == "anonymous" else 403 if who in MEMBERS else 404
        assert post("member_add", firm.pk, email=newcomer.email, level="owner") == denied
        assert post("member_level", owner.pk, level="viewer") == denied
        assert post("member_end", owner.pk) == denied
        assert post("firm_edit", firm.pk, name="改名") == denied
        owner.refresh_from_db()
        assert (owner.level, owner.ended_at) == (Level.OWNER, None)
        assert newcomer.memberships.count() == 0


@pytest.mark.parametrize("name", ["person", "person_switch", "grant_confirm", "calendar_year"])
def test_what_is_not_there_is_404(client_of, sysadmin, name):
    assert client_of(sysadmin).get(reverse(f"accounts:{name}", args=[10**9])).status_code == 404


# --- What they do --------------------------------------------------------------------------------


def test_a_system_administrator_opens_an_account_and_a_link_is_sent(
    sysadmin, client_of, settings, region_of
):
    from django.core import mail

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    client = client_of(sysadmin)
    response = client.post(
        "/people/new/",
        {
            "name": "新官",
            "username": "xinguan",
            "email": "xinguan@example.org",
            "region": region_of("220300").pk,
        },
    )
    person = User.objects.get(username="xinguan")
    assert response.url == reverse("accounts:person", args=[person.pk])
    assert not person.has_usable_password()
    send_letters()
    assert [m.to for m in mail.outbox] == [["xinguan@example.org"]]
    assert "/password/reset/key/" in mail.outbox[0].body


def test_a_taken_name_is_told_and_what_was_typed_stays(sysadmin, officer, client_of):
    response = client_of(sysadmin).post(
        "/people/new/", {"name": "某", "username": "Officer", "email": "m@example.org"}
    )
    assert response.status_code == 200
    assert list(response.context["form"].errors) == ["username"]
    assert response.context["form"]["email"].value() == "m@example.org"


def test_a_role_by_two_people_on_the_pages(secadmin, secadmin2, house, client_of, region_of):
    person = house.person("newcomer", "新人")
    page = reverse("accounts:person", args=[person.pk])
    first = client_of(secadmin)
    siping = region_of("220300").pk
    data = {"role": "regional_officer", "region": siping, "reason": "任命 1 号"}
    assert first.post(f"{page}roles/", data).url == page
    grant = person.grants.get()
    confirm = reverse("accounts:grant_confirm", args=[grant.pk])
    assert first.post(confirm).status_code == 403
    assert client_of(secadmin2).post(confirm).url == page
    rules.forget(person)
    assert rules.has_role(person, Role.REGIONAL_OFFICER, region_of("220322"))


def test_a_forbidden_pair_is_told_on_the_page(secadmin, officer, client_of):
    page = reverse("accounts:grant_propose", args=[officer.pk])
    response = client_of(secadmin).post(page, {"role": "approver", "reason": "任命"})
    assert list(response.context["form"].errors) == ["role"]
    assert officer.grants.count() == 1


def test_registering_a_firm_on_the_page(client_of, region_of):
    person = register("newcomer", "新人")
    data = {
        "name": "辽源新航汽车零部件有限公司",
        "uscc": "91220400ma 00000027",
        "region": region_of("220402").pk,
        "legal_representative": "辛航",
        "contact_phone": "0437-3200000",
    }
    client = client_of(person)
    wrong = client.post("/firm/new/", data | {"uscc": "91220400MA00000028"})
    assert list(wrong.context["form"].errors) == ["uscc"]
    assert wrong.context["form"]["name"].value() == data["name"]
    response = client.post("/firm/new/", data)
    firm = Organisation.objects.get()
    assert response.url == reverse("accounts:firm_detail", args=[firm.pk])
    assert (firm.uscc, firm.contact_phone) == ("91220400MA00000027", "0437-3200000")


def test_a_registered_code_is_told_not_crashed(firm, client_of, region_of):
    person = register("newcomer", "新人")
    data = {
        "name": "另一家",
        "uscc": firm.uscc,
        "region": region_of("220402").pk,
        "legal_representative": "辛航",
    }
    response = client_of(person).post("/firm/new/", data)
    assert list(response.context["form"].errors) == ["uscc"]


def test_members_on_the_page(firm, applicant, client_of):
    colleague = register("colleague", "同事")
    client = client_of(applicant)
    page = reverse("accounts:firm_detail", args=[firm.pk])
    refused = client.post(f"{page}members/", {"email": "no@example.org", "level": "editor"})
    assert list(refused.context["form"].errors) == ["email"]
    client.post(f"{page}members/", {"email": colleague.email, "level": "editor"})
    membership = colleague.memberships.get()
    client.post(reverse("accounts:member_level", args=[membership.pk]), {"level": "viewer"})
    membership.refresh_from_db()
    assert membership.level == Level.VIEWER
    client.post(reverse("accounts:member_end", args=[membership.pk]))
    membership.refresh_from_db()
    assert membership.ended_at is not None


def test_the_last_owner_leaving_is_refused_with_a_page(firm, applicant, client_of):
    membership = applicant.memberships.get()
    response = client_of(applicant).post(reverse("accounts:member_end", args=[membership.pk]))
    assert response.status_code == 409
    membership.refresh_from_db()
    assert membership.ended_at is None


def test_choosing_a_language(applicant, client_of):
    client = client_of(applicant)
    response = client.post("/profile/", {"language": "en"})
    assert (response.status_code, response.cookies["django_language"].value) == (302, "en")
    applicant.refresh_from_db()
    assert applicant.language == "en"
    assert client.post("/profile/", {"language": "tlh"}).status_code == 200


@pytest.mark.parametrize("junk", ["\x00", "x" * 5000, "<script>", "𠮷'\"--", "%s%(a)s"])
def test_no_page_breaks_whatever_is_typed(junk, firm, applicant, sysadmin, secadmin, client_of):
    owner, system, security = (client_of(p) for p in (applicant, sysadmin, secadmin))
    fields = ("name", "uscc", "region", "legal_representative", "email", "level", "username")
    data = dict.fromkeys([*fields, "unit", "role", "reason", "year", "source_no", "text"], junk)
    statuses = {
        owner.post("/firm/new/", data).status_code,
        owner.post(f"/firm/{firm.pk}/edit/", data).status_code,
        owner.post(f"/firm/{firm.pk}/members/", data).status_code,
        system.post("/people/new/", data).status_code,
        system.post("/people/calendar/new/", data).status_code,
        security.post(f"/people/{applicant.pk}/roles/", data).status_code,
        system.get("/people/", {"q": junk, "role": junk, "state": junk, "page": junk}).status_code,
        owner.post("/profile/", data).status_code,
    }
    assert statuses == {200}


def test_a_disabled_person_shows_as_such(sysadmin, officer, client_of):
    people.disable_user(user=officer, reason="离职", by=sysadmin)
    rows = client_of(sysadmin).get("/people/?state=disabled").context["rows"]
    assert [(r.pk, r.is_active) for r in rows] == [(officer.pk, False)]


def test_filters_find_people(sysadmin, officer, firm, applicant, region, client_of):
    register("newcomer", "新人")
    client = client_of(sysadmin)

    def found(query):
        return {r.username for r in client.get(f"/people/?{query}").context["rows"]}

    assert found("role=programme_officer") == {"officer"}
    assert found("role=applicant") == {"applicant"}
    assert found("role=none") == {"newcomer"}
    assert found("q=秦") == {"officer"}
    assert found("q=REGION@example") == {"region"}


def test_leaving_a_firm_on_the_page(firm, editor, client_of):
    membership = editor.memberships.get()
    response = client_of(editor).post(reverse("accounts:member_end", args=[membership.pk]))
    assert response.url == "/firm/"
    assert firms.Membership.objects.live().filter(user=editor).count() == 0
