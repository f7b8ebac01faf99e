"""A dossier that nobody is left for: two people let it go on, before a stage closes or ranks."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.models import Call
from audit import clock
from audit.models import Event
from audit.refusals import Invalid, NotPermitted, WrongState
from reviews import waiting_office
from reviews.models import Shortfall
from reviews.services import quorum as acts
from reviews.services import ranking
from tests.reviews import round, table
from tests.reviews.leaving import WHY, exhaust, followers, sitting

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def dossier(reviewed):
    """The first dossier: five experts may score it, three have to."""
    return round.dossiers(reviewed)[0]


def test_scoring_does_not_open_over_a_short_dossier(draw, officer):
    round.seat_all(draw)
    dossier = round.dossiers(draw.call)[0]
    exhaust(draw.call, dossier)
    with pytest.raises(WrongState, match=rf"{dossier.number} can get only 0 of 3"):
        round.open_review(draw.call, officer)


@pytest.fixture
def short(kept, scored, officer):
    """Everybody has signed; then three are found to have a conflict with the first dossier."""

    def find() -> Call:
        for seat in sitting(scored)[:3]:
            table.conflict(
                expert=seat.expert, application=round.dossiers(scored)[0], reason=WHY, by=officer
            )
        return scored

    return kept.build("short", find, on=("scored",))


def test_the_stage_does_not_close_until_two_people_have_said_so(short, officer, approver):
    dossier = round.dossiers(short)[0]
    with pytest.raises(WrongState, match=rf"1 dossier has too few.*{dossier.number}.*second"):
        ranking.close_scoring(call=short, by=officer)
    row = acts.propose_shortfall(call=short, reason="专家回避过多，无人可补", by=officer)
    with pytest.raises(WrongState, match="too few"):
        ranking.close_scoring(call=short, by=officer)
    acts.confirm_shortfall(shortfall=row, by=approver)
    ranking.close_scoring(call=short, by=officer)
    assert Event.objects.get(action="scoring.close").after["too_few"] == [dossier.number]
    made = ranking.compute_ranking(call=short, by=officer)
    [entry] = made.entries.filter(rank=None)
    assert (entry.application_id, entry.state, entry.scores) == (dossier.pk, "too_few", 2)
    acts_ = Event.objects.filter(action__startswith="shortfall.").order_by("pk")
    assert [(e.action, e.actor_id, e.after) for e in acts_] == [
        ("shortfall.propose", officer.pk, {"dossiers": [dossier.number]}),
        ("shortfall.confirm", approver.pk, {"dossiers": [dossier.number]}),
    ]


def test_a_conflict_found_after_the_close_holds_the_ranking(scored, officer, officer2):
    ranking.close_scoring(call=scored, by=officer)
    dossier = round.dossiers(scored)[0]
    for seat in sitting(scored)[:3]:
        table.conflict(expert=seat.expert, application=dossier, reason=WHY, by=officer)
    assert followers(scored) == []
    with pytest.raises(WrongState, match="too few"):
        ranking.compute_ranking(call=scored, by=officer)
    row = acts.propose_shortfall(call=scored, reason="专家回避过多，无人可补", by=officer)
    acts.confirm_shortfall(shortfall=row, by=officer2)
    assert ranking.compute_ranking(call=scored, by=officer).entries.filter(rank=None).count() == 1


def test_what_is_agreed_covers_those_dossiers_alone(short, officer, approver):
    round.go_on_with_too_few(short, officer, approver)
    other = round.dossiers(short)[1]
    for seat in sitting(short)[:3]:
        table.conflict(expert=seat.expert, application=other, reason=WHY, by=officer)
    with pytest.raises(WrongState, match=other.number):
        ranking.close_scoring(call=short, by=officer)
    row = acts.propose_shortfall(call=short, reason="专家回避过多，无人可补", by=officer)
    assert row.applications == [other.pk]


def test_who_may_say_so_and_when(reviewed, short, officer, supervisor, applicant):
    for somebody in (supervisor, applicant):
        with pytest.raises(NotPermitted):
            acts.propose_shortfall(call=short, reason="专家回避过多，无人可补", by=somebody)
    with pytest.raises(Invalid) as refused:
        acts.propose_shortfall(call=short, reason="无人", by=officer)
    assert refused.value.field == "reason"
    row = acts.propose_shortfall(call=short, reason="专家回避过多，无人可补", by=officer)
    with pytest.raises(WrongState, match="already wait"):
        acts.propose_shortfall(call=short, reason="专家回避过多，无人可补", by=officer)
    for somebody in (officer, supervisor, applicant):
        with pytest.raises(NotPermitted):
            acts.confirm_shortfall(shortfall=row, by=somebody)


def test_nothing_is_to_agree_while_every_dossier_can_get_its_scores(reviewed, officer, approver):
    with pytest.raises(WrongState, match="nothing is to agree"):
        acts.propose_shortfall(call=reviewed, reason="专家评分进度太慢", by=officer)


def test_it_is_agreed_once_by_another_and_never_altered(short, officer, approver, approver2):
    row = round.go_on_with_too_few(short, officer, approver)
    with pytest.raises(WrongState, match="already"):
        acts.confirm_shortfall(shortfall=row, by=approver2)
    for change in (
        lambda: Shortfall.objects.update(reason="另有原因"),
        lambda: Shortfall.objects.update(confirmed_by=approver2),
        lambda: Shortfall.objects.all()._raw_delete("default"),
        lambda: Shortfall.objects.create(
            call=short, applications=[], reason="x", proposed_by=officer,
            proposed_at=clock.now(), confirmed_by=officer, confirmed_at=clock.now(),
        ),
    ):  # fmt: skip
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def waiting(user) -> list[str]:
    return [item.title for item in waiting_office.waiting_for(user, clock.now())]


def test_workbench_and_pages_say_which_and_what_can_be_done(
    short, officer, approver, supervisor, region, client_of
):
    dossier, number = round.dossiers(short)[0], short.number
    assert waiting(officer)[:1] == [f"Dossiers of call {number} cannot get scores enough"]
    for page in ("reviews:progress", "reviews:call_panels"):
        response = client_of(officer).get(reverse(page, args=[number]))
        [row] = response.context["short"]
        assert (row["row"].application, row["left"]) == (dossier, 1)
        assert reverse("reviews:shortfall_new", args=[number]) in response.content.decode()
    close = reverse("reviews:close_scoring", args=[number])
    page = client_of(officer).get(close)
    assert page.context["short"] == [dossier] and 'id="confirm"' not in page.content.decode()
    assert client_of(officer).post(close).status_code == 409
    new = reverse("reviews:shortfall_new", args=[number])
    assert client_of(officer).post(new, {"reason": "无人"}).status_code == 422
    assert client_of(officer).post(new, {"reason": "专家回避过多，无人可补"}).status_code == 302
    row = Shortfall.objects.get()
    assert waiting(approver) == [f"Agree that dossiers of call {number} go on with too few scores"]
    url = reverse("reviews:shortfall", args=[row.pk])
    assert url in client_of(officer).get(close).content.decode()
    assert not client_of(officer).get(url).context["may_agree"]
    assert client_of(supervisor).post(url).status_code == 403
    assert client_of(region).get(url).status_code == 403
    assert client_of(approver).get(url).context["may_agree"]
    assert client_of(approver).post(url).status_code == 302
    assert waiting(approver) == []
    assert f"Dossiers of call {number} cannot get scores enough" not in waiting(officer)
    assert client_of(officer).get(close).context["going_on"] == [dossier]
    assert client_of(officer).post(close).status_code == 302


def test_before_the_opening_the_pages_ask_for_a_new_draw(draw, officer, client_of):
    round.seat_all(draw)
    exhaust(draw.call, round.dossiers(draw.call)[0])
    page = client_of(officer).get(reverse("reviews:progress", args=[draw.call.number]))
    assert "由监督人作废本次抽取" in page.content.decode()
    assert reverse("reviews:shortfall_new", args=[draw.call.number]) not in page.content.decode()


def test_the_page_of_the_progress_keeps_to_its_queries(short, officer, client_of):
    client, url = client_of(officer), reverse("reviews:progress", args=[short.number])
    client.get(url)
    with CaptureQueriesContext(connection) as seen:
        client.get(url)
    assert len(seen) <= 15
