"""What the pages of people and firms cost in queries."""

import pytest

from accounts.models import Level, Membership, RoleGrant, User
from accounts.roles import Role
from audit import clock
from tests.cast import register


def crowd(size, firm, officer):
    """People with a role and members of the firm, `size` of each, made quickly."""
    now = clock.now()
    for n in range(size):
        user = User.objects.create(username=f"u{n}", name=f"人{n}", email=f"u{n}@example.org")
        RoleGrant.objects.create(
            user=user, role=Role.EXPERT, bootstrap=True, proposed_at=now, confirmed_at=now
        )
        waiting = User.objects.create(username=f"w{n}", name=f"候{n}", email=f"w{n}@example.org")
        RoleGrant.objects.create(
            user=waiting, role=Role.EXPERT, proposed_by=officer, proposed_at=now, reason="任命"
        )
        member = User.objects.create(username=f"m{n}", name=f"员{n}", email=f"m{n}@example.org")
        Membership.objects.create(user=member, organisation=firm, level=Level.EDITOR, since=now)


@pytest.mark.parametrize("size", [3, 60])
def test_queries_do_not_grow(
    size, sysadmin, secadmin, officer, applicant, firm, client_of, django_assert_num_queries
):
    crowd(size, firm, officer)
    admin, owner, security = client_of(sysadmin), client_of(applicant), client_of(secadmin)
    for client, url, queries in (
        (admin, "/people/", 9),
        (admin, "/people/?q=u&role=expert&state=active", 9),
        (security, f"/people/{officer.pk}/", 9),
        (owner, f"/firm/{firm.pk}/", 6),
        (owner, "/profile/", 6),
    ):
        client.get(url)
        with django_assert_num_queries(queries):
            assert client.get(url).status_code == 200


def test_posts_stay_below_twenty_queries(firm, applicant, client_of, django_assert_max_num_queries):
    colleague = register("colleague", "同事")
    client = client_of(applicant)
    with django_assert_max_num_queries(20):
        client.post(f"/firm/{firm.pk}/members/", {"email": colleague.email, "level": "editor"})
    assert colleague.memberships.count() == 1
