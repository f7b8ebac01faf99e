"""A conflict found after the draw: the page says what follows before it is pressed, and only that
follows.
"""

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from audit.models import Event
from audit.refusals import Invalid
from notifications.models import Message
from reviews import witnessing
from reviews.models import Assignment, Mark, Recusal, Seat
from reviews.services import conflicts, declarations, ranking
from reviews.services.conflicts import Consequences, Handed, Lacking
from reviews.views.conflicts import words
from tests.reviews import round, table

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
WHY = "审计发现其持有该企业股份。"


def sitting(call) -> list[Seat]:
    rows = Seat.objects.filter(draw__call=call, state="accepted")
    return list(rows.select_related("expert__user", "panel").order_by("rank", "pk"))


def finding(seat, dossier, **more) -> conflicts.Finding:
    given = {"ground": "share", "reason": WHY, "evidence": table.EVIDENCE, **more}
    return conflicts.Finding(Assignment.objects.get(seat=seat, application=dossier), **given)


def typed(seat, dossier, **more) -> dict:
    return {
        "expert": seat.expert.pseudonym,
        "dossier": dossier.pk,
        "ground": "share",
        "reason": WHY,
        "evidence": table.EVIDENCE,
        **more,
    }


@pytest.fixture
def client_of(client_of):
    """Signed in, reading English."""

    def english(user):
        client = client_of(user)
        client.cookies["django_language"] = "en"
        return client

    return english


def address(call) -> str:
    return reverse("reviews:record_conflict", args=[call.number, 1])


def confirmed(client, call, data):
    """Both posts: what was shown, and the answer."""
    shown = client.post(address(call), data)
    assert shown.status_code == 200
    return shown, client.post(address(call), dict(shown.context["fields"]))


def rows() -> dict[str, list]:
    """Everything a recusal could touch."""
    return {
        "assignments": list(Assignment.objects.order_by("pk").values_list("pk", "state", "sheet")),
        "marks": list(Mark.objects.order_by("pk").values_list("pk", "score", "comment")),
        "seats": list(Seat.objects.order_by("pk").values_list("pk", "state", "expert")),
        "recusals": list(Recusal.objects.order_by("pk").values_list("pk", "found")),
        "events": list(Event.objects.order_by("pk").values_list("pk", flat=True)),
        "messages": list(Message.objects.order_by("pk").values_list("pk", flat=True)),
    }


def test_the_page_says_what_follows_and_only_that_follows(reviewed, officer, client_of):
    seat, dossier = sitting(reviewed)[0], round.dossiers(reviewed)[0]
    other = table.finished(
        Assignment.objects.select_related("panel__call", "expert__user").get(
            seat=seat, application=round.dossiers(reviewed)[1]
        )
    )
    client, before = client_of(officer), rows()
    shown, answer = confirmed(client, reviewed, typed(seat, dossier))
    name = seat.expert.pseudonym
    assert shown.context["consequences"] == [
        f"The dossier closes for {name} at once; what was marked on it does not count.",
        "The 7 other dossiers of the expert stay as they are.",
        "No seat changes hands.",
        (
            "The expert is told the kind of the conflict; the other officers and the supervisors "
            "are told the reason as well."
        ),
        "This cannot be undone.",
    ]
    assert (answer.status_code, answer["Location"]) == (
        302, reverse("reviews:progress", args=[reviewed.number]),
    )  # fmt: skip
    after, own = rows(), Assignment.objects.get(seat=seat, application=dossier)
    changed = set(after["assignments"]) - set(before["assignments"])
    assert changed == {(own.pk, "recused", None)}
    assert {k: after[k] for k in ("marks", "seats")} == {k: before[k] for k in ("marks", "seats")}
    other.refresh_from_db()
    assert other.state == "finished"
    recusal = Recusal.objects.get()
    assert (recusal.found, recusal.ground, recusal.reason, recusal.evidence) == (
        "later", "share", WHY, table.EVIDENCE,
    )  # fmt: skip
    assert list(witnessing.recusals()) == []
    page = client.get(reverse("reviews:progress", args=[reviewed.number])).content.decode()
    assert WHY in page and table.EVIDENCE in page


def test_looking_leaves_nothing(reviewed, officer, client_of):
    seat, dossier = sitting(reviewed)[0], round.dossiers(reviewed)[0]
    client, before = client_of(officer), rows()
    assert client.post(address(reviewed), typed(seat, dossier)).status_code == 200
    assert rows() == before
    changed = client.post(address(reviewed), typed(seat, dossier, change="1"))
    assert changed.context["form"]["reason"].value() == WHY
    assert rows() == before


def test_who_is_told_what(reviewed, officer, officer2, supervisor, client_of):
    seat, dossier = sitting(reviewed)[0], round.dossiers(reviewed)[0]
    known = set(Message.objects.values_list("pk", flat=True))
    confirmed(client_of(officer), reviewed, typed(seat, dossier))
    told = Message.objects.exclude(pk__in=known).order_by("kind", "recipient__username")
    assert [(m.kind, m.recipient) for m in told] == [
        ("conflict.found", officer2),
        ("conflict.found", supervisor),
        ("conflict.recused", seat.expert.user),
    ]
    assert WHY not in str(told[2].context) and officer.name not in str(told[2].context)
    assert told[2].context["ground"]["en"] == "holds shares in it"


def test_a_seat_that_changes_hands_is_named_before(reviewed, officer, client_of):
    dossier = round.dossiers(reviewed)[0]
    one, two, three, *_ = sitting(reviewed)
    for seat in (one, two):
        table.conflict(expert=seat.expert, application=dossier, reason=WHY, by=officer)
    with transaction.atomic():
        found = conflicts.foresee_conflict(finding=finding(three, dossier), by=officer)
    assert Seat.objects.filter(follows__isnull=False).count() == 0
    conflicts.record_conflict(finding=finding(three, dossier), foreseen=found.digest(), by=officer)
    [new] = Seat.objects.filter(follows__isnull=False).select_related("expert", "follows__expert")
    gone, comes = new.follows.expert.pseudonym, new.expert.pseudonym
    assert found.seats == (Handed(gone, comes, "too few scores"),)
    assert list(words(finding(one, dossier), found))[2:5] == [
        (
            f"The dossier would get too few scores: {gone}, recused from it and without a "
            "signature, gives up the seat."
        ),
        f"{comes} is next in the drawn order and is invited now.",
        (
            "The expert is told the kind of the conflict; the other officers and the supervisors "
            "are told the reason as well."
        ),
    ]


def test_an_expert_barred_from_too_much_is_told_that_the_seat_is_gone(reviewed, officer):
    first, second, *_ = round.dossiers(reviewed)
    seat = sitting(reviewed)[0]
    table.conflict(expert=seat.expert, application=first, reason=WHY, by=officer)
    found = conflicts.foresee_conflict(finding=finding(seat, second), by=officer)
    table.conflict(expert=seat.expert, application=second, reason=WHY, by=officer)
    new = Seat.objects.select_related("expert").get(follows=seat)
    assert found == Consequences(
        "open", 6, True,
        (Handed(seat.expert.pseudonym, new.expert.pseudonym, "too many recusals"),), (),
    )  # fmt: skip
    assert [m.recipient for m in Message.objects.filter(kind="seat.released")] == [seat.expert.user]


def test_signed_marks_are_void_and_the_ranking_says_so(scored, officer, client_of, applicant):
    dossier, other, *_ = round.dossiers(scored)
    ranking.close_scoring(call=scored, by=officer)
    seat, client = sitting(scored)[0], client_of(officer)
    before = rows()
    shown, _answer = confirmed(client, scored, typed(seat, dossier))
    name = seat.expert.pseudonym
    assert shown.context["consequences"][0] == (
        f"The signed marks of {name} on this dossier are void. What was signed stays on record, "
        "and the ranking says that these marks do not count."
    )
    after = rows()
    sheet = Assignment.objects.get(seat=seat, application=dossier)
    assert set(after["assignments"]) - set(before["assignments"]) == {
        (sheet.pk, "void", sheet.sheet_id)
    }
    assert after["marks"] == before["marks"]
    assert Message.objects.get(kind="conflict.voided").recipient == seat.expert.user
    made = ranking.compute_ranking(call=scored, by=officer)
    counts = dict(made.entries.values_list("application", "scores"))
    assert (counts.pop(dossier.pk), set(counts.values())) == (4, {5})
    page = client.get(reverse("reviews:ranking", args=[scored.number]))
    flags = {r["application"].pk: r["voided"] for r in page.context["rows"]}
    assert (flags.pop(dossier.pk), set(flags.values())) == ("1 expert's marks void", {""})
    entry = client.get(reverse("reviews:ranking_entry", args=[scored.number, dossier.pk]))
    [words] = entry.context["voided"]
    assert words.startswith(f"The signed marks of {name} are void since")
    rest = client.get(reverse("reviews:ranking_entry", args=[scored.number, other.pk]))
    assert rest.context["voided"] == []


def test_a_dossier_left_with_too_few_scores_is_named_before(scored, officer):
    dossier = round.dossiers(scored)[0]
    one, two, three, *_ = sitting(scored)
    for seat in (one, two):
        table.conflict(expert=seat.expert, application=dossier, reason=WHY, by=officer)
    found = conflicts.foresee_conflict(finding=finding(three, dossier), by=officer)
    assert found == Consequences("locked", 7, True, (), (Lacking(dossier.number, 2, 3),))


def test_what_follows_now_must_be_what_was_shown(reviewed, officer, client_of):
    dossier = round.dossiers(reviewed)[0]
    one, two, three, *_ = sitting(reviewed)
    client = client_of(officer)
    table.conflict(expert=one.expert, application=dossier, reason=WHY, by=officer)
    shown = client.post(address(reviewed), typed(two, dossier))
    row = Assignment.objects.get(seat=three, application=dossier)
    declarations.step_aside(
        assignment=row, ground="conflict", reason="发现持有股份", by=three.expert.user
    )
    before = rows()
    again = client.post(address(reviewed), dict(shown.context["fields"]))
    assert again.status_code == 409
    assert rows() == before
    assert "Nothing was recorded" in again.content.decode()
    assert "No seat changes hands." in shown.context["consequences"]
    assert "No seat changes hands." not in again.context["consequences"]
    assert dict(again.context["fields"])["foreseen"] != dict(shown.context["fields"])["foreseen"]


@pytest.mark.parametrize(
    ("field", "value"),
    [("ground", "grudge"), ("ground", ""), ("reason", "持股"), ("evidence", " "),
     ("evidence", "单" * 401), ("expert", "E9999"), ("dossier", "0")],
)  # fmt: skip
def test_what_is_missing_is_said_at_its_field(reviewed, officer, client_of, field, value):
    seat, dossier = sitting(reviewed)[0], round.dossiers(reviewed)[0]
    if field not in ("expert", "dossier"):
        with pytest.raises(Invalid) as refused:
            conflicts.foresee_conflict(finding=finding(seat, dossier, **{field: value}), by=officer)
        assert refused.value.field == field
    answer = client_of(officer).post(address(reviewed), typed(seat, dossier) | {field: value})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert Recusal.objects.count() == 0


def test_only_an_officer_may(reviewed, officer, supervisor, approver, applicant, client_of):
    """The supervisor, who watches and changes nothing, is told."""
    seat, dossier = sitting(reviewed)[0], round.dossiers(reviewed)[0]
    for person in (supervisor, approver, applicant, seat.expert.user):
        assert client_of(person).post(address(reviewed), typed(seat, dossier)).status_code == 403
    _shown, answer = confirmed(client_of(officer), reviewed, typed(seat, dossier))
    assert answer.status_code == 302
    event = Event.objects.get(action="recusal.record")
    assert (event.role, event.after["evidence"]) == ("programme_officer", table.EVIDENCE)


def test_before_the_draw_and_after_the_ranking_the_page_says_where_to_go(
    scored, grouped, officer, client_of
):
    client = client_of(officer)
    ranking.close_scoring(call=scored, by=officer)
    ranking.compute_ranking(call=scored, by=officer)
    answer = client.get(address(scored))
    assert (answer.status_code, "objection procedure" in answer.content.decode()) == (409, True)


def test_the_database_wants_ground_and_evidence_of_what_is_found_later(reviewed):
    row = sitting(reviewed)[0].assignments.first()
    values = {
        "panel_id": row.panel_id,
        "expert_id": row.expert_id,
        "application_id": row.application_id,
        "reason": WHY,
        "recorded_at": row.seat.invited_at,
    }
    for wrong in (
        {"found": "later"},
        {"found": "later", "ground": "share"},
        {"found": "declared", "ground": "share", "evidence": table.EVIDENCE},
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            Recusal.objects.create(**values, **wrong)


def test_a_ground_altered_behind_the_application_is_named(reviewed, officer):
    seat, dossier = sitting(reviewed)[0], round.dossiers(reviewed)[0]
    table.conflict(expert=seat.expert, application=dossier, reason=WHY, by=officer)
    assert list(witnessing.recusals()) == []
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE reviews_recusal SET evidence = '另一文件'")
        cursor.execute("SET LOCAL session_replication_role = origin")
    assert len(list(witnessing.recusals())) == 1
