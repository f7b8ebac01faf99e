"""Who named whom is the firm's and the office's to know: two houses that differ in nothing else
give everybody else the same answers, to the byte.
"""

import json
import re

import pytest
import time_machine
from django.db import connection, transaction
from django.urls import reverse

from applications.models import Call, Submission
from audit import clock
from reviews.models import Expert, Recusal, Seat
from tests.matrix.twins import Scribe, triggers_off
from tests.reviews import round
from tests.reviews.test_named import name, person

pytestmark = pytest.mark.django_db
MASKS = (
    (re.compile(rb'(name="csrfmiddlewaretoken" value=")[^"]+'), rb"\1-"),
    (re.compile(rb'(nonce[=-]"?)[A-Za-z0-9+/=_-]{16,}'), rb"\1-"),
    (re.compile(rb'(X-CSRFToken&quot;: ?&quot;|"X-CSRFToken": ?")[^&"]+'), rb"\1-"),
)


@pytest.fixture
def review(kept, grouped, pool, officer, supervisor):
    """A review with its experts at work; one of them was named by the first dossier's firm."""

    def begin():
        Expert.objects.filter(pk=pool[1].pk).update(active=False)  # so that pool[0] has a seat
        name(round.dossiers(grouped)[0], person(pool[0]))
        draw = round.drawn(grouped, officer, supervisor)
        round.seat_all(draw)
        return round.open_review(draw.call, officer)

    return kept.build("review_named", begin, on=("grouped", "supervisor"))


@pytest.fixture
def enemy(review, pool):
    return Seat.objects.select_related("expert__user").get(expert=pool[0])


def pages(call) -> list[str]:
    """Every page of somebody that might tell: of dossiers, experts, panels, the draw, the log."""
    plain = ("portal:home", "portal:workbench", "portal:trail", "applications:dossier_list",
             "applications:recommendations", "applications:screening", "reviews:my_reviews",
             "reviews:draws", "reviews:pool")  # fmt: skip
    urls = [reverse(page) for page in plain]
    of_call = ("portal:public_call", "reviews:named", "reviews:call_panels", "reviews:progress",
               "reviews:ranking")  # fmt: skip
    urls += [reverse(page, args=[call.number]) for page in of_call]
    of_draw = ("portal:public_draw", "portal:draw_certificate", "reviews:draw",
               "reviews:draw_certificate")  # fmt: skip
    urls += [reverse(page, args=[call.draws.get().number]) for page in of_draw]
    for dossier in round.dossiers(call)[:2]:
        urls += [f"/dossiers/{dossier.pk}/{page}" for page in ("", "versions/")]
        urls += [reverse("reviews:own_points", args=[dossier.pk])]
        urls += [reverse("reviews:score", args=[a.pk]) for a in dossier.assignments.order_by("pk")]
    for seat in Seat.objects.filter(draw__call=call).order_by("pk")[:2]:
        urls += [reverse(page, args=[seat.pk]) for page in ("reviews:declare", "reviews:my_marks")]
    return [*urls, "/search/?q=专家1", "/search/?q=named"]


def answers(client, urls) -> dict[str, tuple]:
    found = {}
    for url in urls:
        with connection.execute_wrapper(counter := Counter()):
            response = client.get(url)
        body = b"".join(response.streaming_content) if response.streaming else response.content
        for pattern, instead in MASKS:
            body = pattern.sub(instead, body)
        found[url] = response.status_code, body, counter.count
    return found


class Counter:
    def __init__(self) -> None:
        self.count = 0

    def __call__(self, execute, sql, params, many, context):
        self.count += 1
        return execute(sql, params, many, context)


NAMED = "content #> '{commitment,named}'"
PUT = "UPDATE applications_submission SET content = jsonb_set(content, '{commitment,named}', %s)"


def stand_still(moment) -> None:
    """The database's clock, till the test's transaction is undone."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE OR REPLACE FUNCTION steelyard_now() RETURNS timestamptz LANGUAGE sql VOLATILE"
            f" AS $$ SELECT timestamptz '{moment.isoformat()}' $$"
        )


def other_grounds(call) -> dict[str, int]:
    """The firm named somebody else for another reason; the recusal was found by the system."""
    write = Scribe()
    twin = [{"place": 1, "name": "别人", "employer": "别处", "reason": "twin"}]
    grounds = """grounds = replace(grounds::text, '"named"', '"region"')::jsonb"""
    with triggers_off():
        write("submissions", f"{PUT} WHERE jsonb_array_length({NAMED}) > 0", json.dumps(twin))
        write("recusals", "UPDATE reviews_recusal SET found = 'system', reason = 'region'")
        write("draws", f"UPDATE reviews_draw SET {grounds}")
    return write.changed


def another_dossier(call) -> dict[str, int]:
    """Another dossier of the panel was the one to name the expert."""
    first, second = (d.pk for d in round.dossiers(call)[:2])
    recusal = Recusal.objects.get()
    [whom] = [s.content["commitment"]["named"] for s in Submission.objects.filter(version=2)]
    states = "CASE state WHEN 'recused' THEN 'open' ELSE 'recused' END"
    write = Scribe()
    with triggers_off():
        write("submissions", f"{PUT} WHERE version = 2", "[]")
        write("submissions", f"{PUT} WHERE application_id = %s", json.dumps(whom), second)
        write("recusals", "UPDATE reviews_recusal SET application_id = %s", second)
        write(
            "assignments",
            f"UPDATE reviews_assignment SET state = {states}"
            " WHERE expert_id = %s AND application_id IN (%s, %s)",
            recusal.expert_id,
            first,
            second,
        )
        write(
            "permissions",
            "UPDATE applications_applicationuserobjectpermission SET content_object_id = %s"
            " WHERE content_object_id = %s AND user_id = %s",
            first,
            second,
            recusal.expert.user_id,
        )
    return write.changed


def everybody(enemy) -> dict[str, object]:
    """Besides the cast: the expert who was named, and one beside them."""
    beside = Seat.objects.filter(draw=enemy.draw).exclude(pk=enemy.pk).order_by("pk")[0]
    return {"enemy": enemy.expert.user, "beside": beside.expert.user}


OUTSIDERS = ("applicant2", "region", "approver", "auditor")


TWINS = {other_grounds: (), another_dossier: ("enemy",)}  # with those who may know


@pytest.mark.exhaustive
def test_nobody_else_can_tell_who_named_whom(review, enemy, client_of, supervisor, request):
    people = {n: request.getfixturevalue(n) for n in OUTSIDERS} | everybody(enemy)
    clients = {n: client_of(p) for n, p in people.items()}
    urls, office = pages(review), client_of(supervisor)
    named = reverse("reviews:named", args=[review.number])
    with time_machine.travel(moment := clock.now(), tick=False):
        stand_still(moment)
        for client in clients.values():
            answers(client, urls[:2])  # what a first visit writes is written
        known = answers(office, [named])
        before = {n: answers(client, urls) for n, client in clients.items()}
        for twin, knowers in TWINS.items():
            with transaction.atomic():
                changed = twin(review)
                assert [what for what, rows in changed.items() if not rows] == []
                assert answers(office, [named])[named][1] != known[named][1]  # not in name only
                after = {n: answers(clients[n], urls) for n in clients if n not in knowers}
                transaction.set_rollback(True)
            told = [(n, url) for n in after for url in urls if before[n][url] != after[n][url]]
            assert told == []


def test_the_public_certificate_does_not_tell_whose_wish_it_was(
    review, enemy, client_of, client, supervisor
):
    """Nor does it tell the expert, who knows the own pseudonym, once it is out for everybody."""
    with triggers_off():
        Call.objects.filter(pk=review.pk).update(status="scored")
    number = review.draws.get().number
    urls = [
        reverse(f"portal:{page}", args=[number]) for page in ("public_draw", "draw_certificate")
    ]
    people = [client, client_of(enemy.expert.user), client_of(supervisor)]
    with time_machine.travel(moment := clock.now(), tick=False):
        stand_still(moment)
        for person in people:
            answers(person, urls)
        before = [answers(person, urls) for person in people]
        assert [a[0] for told in before for a in told.values()] == [200] * 6
        changed = other_grounds(review)
        assert all(changed.values())
        assert [answers(person, urls) for person in people] == before
    assert all(b"named" not in told[urls[1]][1] for told in before)


def test_the_expert_is_not_told_of_the_dossier_at_all(review, enemy, client_of):
    client, dossier = client_of(enemy.expert.user), round.dossiers(review)[0]
    barred = enemy.assignments.get(application=dossier)
    assert barred.state == "recused"
    seen = answers(client, pages(review))
    told = [url for url, (status, body, _n) in seen.items() if dossier.title.encode() in body]
    assert told == []
    assert seen[reverse("reviews:score", args=[barred.pk])][0] == 404
    [shown] = client.get("/my-reviews/").context["rounds"]
    assert [row["order"] for row in shown["rows"]] == [1, 2, 3, 4, 5, 6, 7]
    assert (shown["progress"].total, shown["progress"].left) == (7, 0)
