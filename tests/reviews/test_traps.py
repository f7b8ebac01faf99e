"""The traps of a review: editing after the lock, one's own dossier, two roles in one round, a
second door. (What the database refuses row by row stands in `test_scoring_guards`.)"""

from datetime import timedelta

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from accounts.models import Level, Membership
from accounts.roles import Role
from accounts.rules import forget
from accounts.services import roles
from audit import clock
from audit.refusals import Invalid, NotPermitted
from reviews.models import Assignment, Declaration, Mark, Ranking, RankingEntry, ScoreSheet
from reviews.rules import conflicts_of
from reviews.selectors import draws as reading
from reviews.services import declarations, draws, opening, ranking, seats, voiding
from tests.matrix.asking import routes
from tests.reviews import round, table

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
SALT = "0c" * 32


# --- After the lock ------------------------------------------------------------------------------


def refused(statement: str, *values) -> bool:
    """Whether the database refuses the statement to the role that the site itself uses."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL steelyard.emptying = 'off'")  # on for the tests' own sake
            cursor.execute(statement, values)
            return False
    except DatabaseError:
        return True


def snapshot() -> list:
    rows = (Mark, Assignment, ScoreSheet, Ranking, RankingEntry)
    return [list(model.objects.order_by("pk").values_list()) for model in rows]


@pytest.fixture
def ranked(scored, officer):
    ranking.close_scoring(call=scored, by=officer)
    ranking.compute_ranking(call=scored, by=officer)
    scored.refresh_from_db()
    return scored


def test_plain_sql_changes_nothing_of_what_is_signed_and_ranked(ranked):
    before = snapshot()
    statements = [
        "UPDATE reviews_mark SET score = score + 1",
        "UPDATE reviews_mark SET version = version + 1",
        "DELETE FROM reviews_mark",
        "UPDATE reviews_scoresheet SET content = '{}'",
        "DELETE FROM reviews_scoresheet",
        "UPDATE reviews_assignment SET state = 'open'",
        "UPDATE reviews_assignment SET state = 'finished', sheet_id = NULL",
        "DELETE FROM reviews_assignment",
        "UPDATE reviews_ranking SET digest = ''",
        "DELETE FROM reviews_ranking",
        "UPDATE reviews_rankingentry SET rank = 1",
        "UPDATE reviews_rankingentry SET details = '{}'",
        "DELETE FROM reviews_rankingentry",
        "UPDATE reviews_seat SET expert_id = expert_id + 1",
        "DELETE FROM reviews_seat",
        "UPDATE reviews_draw SET seed = ''",
        "DELETE FROM reviews_draw",
        "UPDATE reviews_expert SET pseudonym = 'E9999' WHERE pseudonym = 'E0001'",
        "UPDATE reviews_expert SET user_id = user_id + 1",
        "DELETE FROM reviews_expert",
        "TRUNCATE reviews_mark",
        "TRUNCATE reviews_scoresheet CASCADE",
        "TRUNCATE reviews_assignment CASCADE",
        "TRUNCATE reviews_recusal",
        "TRUNCATE reviews_rankingentry",
        "TRUNCATE reviews_ranking CASCADE",
        "TRUNCATE reviews_seat CASCADE",
        "TRUNCATE applications_application CASCADE",
    ]
    assert [s for s in statements if not refused(s)] == []
    assert snapshot() == before


def test_the_pages_change_nothing_after_the_lock(ranked, client_of):
    row = Assignment.objects.filter(state="locked").select_related("expert__user").first()
    client, before = client_of(row.expert.user), snapshot()
    leaf = row.marks.first().leaf
    data = {f"{leaf}-score": "1", f"{leaf}-tier": "0", f"{leaf}-comment": "改", "version": "0"}
    for name, pk in (
        ("score", row.pk),
        ("autosave", row.pk),
        ("step_aside", row.pk),
        ("sign", row.seat_id),
        ("declare", row.seat_id),
        ("decline_seat", row.seat_id),
    ):
        client.post(reverse(f"reviews:{name}", args=[pk]), {**data, "reason": "想要修改打分"})
    assert snapshot() == before


def test_there_is_no_admin_site():
    assert not apps.is_installed("django.contrib.admin")
    assert not [route for route in routes() if "admin" in route]


# --- One's own dossier ---------------------------------------------------------------------------


def once_a_member(person, firm, ended_ago: timedelta | None) -> None:
    """A membership behind the services' back; a live one the database refuses beside a role."""
    since = clock.now() - timedelta(days=3000)
    ended = clock.now() - ended_ago
    Membership.objects.create(
        user=person, organisation=firm, level=Level.EDITOR, since=since, ended_at=ended
    )


@pytest.mark.parametrize(("days", "barred"), [(1, True), (1000, True), (1200, False)])
def test_who_acted_for_the_applicant_is_not_drawn_for_its_dossiers(
    grouped, officer, supervisor, firm, pool, days, barred
):
    once_a_member(pool[0].user, firm, timedelta(days=days))
    data = reading.build_input(grouped, "X", salt=SALT)
    assert {r["expert"] for r in data["recusals"]} == ({pool[0].pseudonym} if barred else set())
    grounds = reading.grounds_of(reading.standing_basis(grouped, clock.today()))
    assert {g["ground"] for g in grounds} == ({"member"} if barred else set())
    if barred:
        draw = round.drawn(grouped, officer, supervisor)
        assert pool[0].pseudonym not in {r["expert"] for r in draw.result}


def test_ties_are_found_with_as_many_queries_for_any_number(
    grouped, pool, django_assert_num_queries
):
    dossiers, today = round.dossiers(grouped), clock.today()
    for experts, applications in ((pool[:1], dossiers[:1]), (pool, dossiers)):
        with django_assert_num_queries(1):
            conflicts_of(experts, applications, same_region=False, on=today)


def test_nobody_declares_away_a_tie_on_record(officer, expert, firm):
    loose = {"max_single_recusals_percent": 100}
    seat = table.seat(table.panel(officer, firm, rules=loose), expert)
    once_a_member(expert, firm, timedelta(days=30))
    rows = list(seat.assignments.all())
    answers = [declarations.Answer(a.pk, conflict=False) for a in rows]
    with pytest.raises(Invalid, match="on record"):
        declarations.declare_all(seat=seat, answers=answers, by=expert)
    assert not Declaration.objects.exists()
    barred = [declarations.Answer(a.pk, True, "work", "曾任该企业职务") for a in rows]
    declarations.declare_all(seat=seat, answers=barred, by=expert)
    assert {a.state for a in seat.assignments.all()} == {"recused"}


# --- Two roles in one round ----------------------------------------------------------------------


def turned(person, role: Role, house) -> None:
    """The expert's role ends; another begins. Each step is allowed by itself."""
    for grant in person.grants.filter(revoked_at=None):
        roles.revoke_grant(grant=grant, reason="调离", by=house.secadmin)
    house.grant(person, role)
    forget(person)


def test_an_expert_who_became_an_officer_does_nothing_in_the_same_round(scored, house):
    person = scored.draws.get().seats.first().expert.user
    turned(person, Role.PROGRAMME_OFFICER, house)
    later = clock.now() + timedelta(days=30)
    acts = {
        "extend": lambda: opening.extend_scoring(
            call=scored, due_at=later, reason="系统故障，延长时间", by=person
        ),
        "open": lambda: opening.open_scoring(call=scored, due_at=later, by=person),
        "close": lambda: ranking.close_scoring(call=scored, by=person),
        "rank": lambda: ranking.compute_ranking(call=scored, by=person),
        "draw": lambda: draws.prepare_draw(call=scored, by=person),
    }
    for act in acts.values():
        with pytest.raises(NotPermitted, match="expert of this call"):
            act()


def test_an_expert_who_became_a_supervisor_does_not_void_the_draw(draw, house):
    person = draw.seats.first().expert.user
    turned(person, Role.SUPERVISOR, house)
    with pytest.raises(NotPermitted, match="expert of this call"):
        voiding.void_draw(draw=draw, reason="一位专家的类别登记有误", by=person)


def test_who_declined_the_seat_may_act_later(draw, house, officer):
    seat = draw.seats.select_related("expert__user").first()
    person = seat.expert.user
    seats.decline(seat=seat, reason="出差", by=person)
    turned(person, Role.SUPERVISOR, house)
    assert voiding.void_draw(draw=draw, reason="一位专家的类别登记有误", by=person).status == "void"


def test_who_acted_for_the_office_is_no_candidate_in_that_round(grouped, house, officer, region_of):
    data = reading.build_input(grouped, "X", salt=SALT)
    turned(officer, Role.EXPERT, house)
    table.expert(officer)
    assert [e["id"] for e in reading.build_input(grouped, "X", salt=SALT)["experts"]] == [
        e["id"] for e in data["experts"]
    ]
    newcomer = house.person("newcomer", "新专家", Role.EXPERT, region=region_of("220100"))
    table.expert(newcomer)
    now = reading.build_input(grouped, "X", salt=SALT)["experts"]
    assert len(now) == len(data["experts"]) + 1


def test_no_table_whose_rows_are_kept_can_be_emptied(db):
    """TRUNCATE asks no trigger of a row."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, bool_or(t.tgtype & 32 <> 0) FROM pg_trigger t"
            " JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal"
            " AND c.relname LIKE 'reviews\\_%' AND t.tgtype & 40 <> 0 GROUP BY 1"
        )
        kept = dict(cursor.fetchall())
    assert len(kept) > 20
    assert [table for table, guarded in kept.items() if not guarded] == []
