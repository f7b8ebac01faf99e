"""What administrators may not learn of a review: who was drawn, and how far the experts are.
(`tests/matrix/test_twins.py` tries every address.)"""

import pytest
from django.urls import reverse

from audit.models import Event
from notifications.models import Delivery, Message
from tests.reviews import table

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def begun(reviewed):
    """One expert has finished a dossier."""
    seat = reviewed.draws.get().seats.select_related("panel", "expert__user").first()
    table.finished(seat.assignments.select_related("panel__call", "expert__user").first())
    return seat


def text(client, url: str) -> str:
    return client.get(url).content.decode()


def test_the_audit_administrator_reads_that_experts_acted_not_who_or_how(
    begun, client_of, auditor, supervisor
):
    name, trail = begun.expert.user.name, reverse("portal:trail")
    veiled, open_ = client_of(auditor), client_of(supervisor)
    for query in ("", f"?person={name}", "?action=score", "?object=reviews", "?person=E00"):
        page = text(veiled, trail + query)
        assert ">score.finish<" not in page and 'value="score.finish"' not in page
        assert f'<td class="from-md">{name}' not in page
    assert "专家评审环节的操作" in text(veiled, trail)
    assert name in text(open_, f"{trail}?action=score.finish")
    finished = Event.objects.get(action="score.finish")
    page = text(veiled, reverse("portal:event", args=[finished.pk]))
    for fact in (name, "score.finish", f"account {begun.expert.user_id}"):
        assert fact not in page
    assert "score.finish" in text(open_, reverse("portal:event", args=[finished.pk]))


def test_the_outbox_does_not_name_who_was_invited(begun, client_of, sysadmin):
    usernames = {s.expert.user.username for s in begun.draw.seats.all()}
    assert (
        set(
            Message.objects.filter(kind="seat.invited").values_list(
                "recipient__username", flat=True
            )
        )
        == usernames
    )
    refusal = f"550 no such mailbox {begun.expert.user.email}"
    Delivery.objects.filter(message__recipient=begun.expert.user).update(
        state="dead", error=refusal
    )
    for state in ("pending", "done", "dead"):
        page = text(client_of(sysadmin), f"{reverse('notifications:outbox')}?state={state}")
        assert not [name for name in usernames if f">{name}<" in page]
        assert refusal not in page
        assert "seat.invited" not in page
    assert "保密消息" in page
