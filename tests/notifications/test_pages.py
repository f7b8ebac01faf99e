"""The inbox and the outbox in the browser's eyes."""

import pytest
from django.urls import reverse

from audit.models import Event
from notifications import services
from notifications.models import Delivery, Job, Message, Outgoing

pytestmark = pytest.mark.django_db


def tell(count, *people):
    for number in range(count):
        services.notify(
            kind="probe.told",
            recipients=people,
            key=f"n{number}",
            context={"number": number, "amount": "1", "place": "x"},
            url="/inbox/?from=message",
        )


def test_the_inbox_asks_the_same_of_the_database_at_every_size(
    client, lin, django_assert_max_num_queries
):
    client.force_login(lin)
    asked = []
    for count in (3, 60):
        tell(count, lin)
        with django_assert_max_num_queries(12) as seen:
            page = client.get(reverse("notifications:inbox"))
        asked.append(len(seen))
        assert page.content.decode().count("Probe ") == min(count, 50)
    assert asked[0] == asked[1]


def test_a_visitor_is_sent_to_sign_in(client):
    page = client.get(reverse("notifications:inbox"))
    assert page.status_code == 302
    assert page["Location"].startswith("/accounts/login/")


def test_opening_marks_as_read_and_leads_on(client, lin, reed):
    tell(1, lin, reed)
    message = Message.objects.get(recipient=lin)
    client.force_login(lin)
    answer = client.post(reverse("notifications:open", args=[message.pk]))
    assert (answer.status_code, answer["Location"]) == (302, "/inbox/?from=message")
    message.refresh_from_db()
    assert message.read_at is not None
    other = Message.objects.get(recipient=reed)
    assert client.post(reverse("notifications:open", args=[other.pk])).status_code == 404
    assert client.get(reverse("notifications:open", args=[message.pk])).status_code == 405


def test_an_address_of_elsewhere_is_not_followed(client, lin):
    tell(1, lin)
    Message.objects.update(url="//evil.example/")
    client.force_login(lin)
    answer = client.post(reverse("notifications:open", args=[Message.objects.get().pk]))
    assert answer["Location"] == reverse("notifications:inbox")


def test_everything_is_marked_at_once(client, lin):
    tell(4, lin)
    client.force_login(lin)
    assert client.post(reverse("notifications:read_all")).status_code == 302
    assert Message.objects.filter(read_at=None).count() == 0
    assert client.get(reverse("notifications:inbox") + "?show=unread").status_code == 200


def test_the_outbox_is_the_system_administrators(client, lin, keeper):
    client.force_login(lin)
    assert client.get(reverse("notifications:outbox")).status_code == 403
    job = reverse("notifications:resend_job", args=[1])
    assert client.post(job).status_code == 403
    client.force_login(keeper)
    assert client.get(reverse("notifications:outbox")).status_code == 200
    assert client.post(job).status_code == 404


@pytest.mark.parametrize("count", [3, 60])
@pytest.mark.parametrize("what", ["messages", "jobs"])
def test_the_outbox_asks_the_same_at_every_size(
    client, lin, keeper, count, what, django_assert_max_num_queries
):
    tell(count, lin)
    for number in range(count):
        services.enqueue(task="t", key=f"j{number}", payload={})
    client.force_login(keeper)
    with django_assert_max_num_queries(12):
        page = client.get(reverse("notifications:outbox"), {"what": what, "state": "pending"})
    assert page.content.decode().count('<th scope="row"') == min(count, 50)


def test_everything_given_up_is_sent_again_at_once(client, lin, keeper):
    tell(3, lin)
    services.enqueue(task="t", key="j", payload={})
    for model in (Delivery, Job):
        model.objects.update(state=Outgoing.DEAD, attempts=8, error="no route")
    url = reverse("notifications:resend_all", args=["messages"])
    client.force_login(lin)
    assert client.post(url).status_code == 403
    client.force_login(keeper)
    page = client.get(reverse("notifications:outbox") + "?state=dead").content.decode()
    assert f'action="{url}"' in page
    assert "lin · 邮箱" in page
    assert client.post(url).status_code == 302
    assert set(Delivery.objects.values_list("state", "attempts")) == {("pending", 0)}
    assert Job.objects.get().state == Outgoing.DEAD
    event = Event.objects.get(action="outbox.resend_all")
    assert event.after == {
        "kind": "notifications.delivery",
        "rows": list(Delivery.objects.order_by("pk").values_list("pk", flat=True)),
    }
    assert client.post(url).status_code == 409
    assert client.post(reverse("notifications:resend_all", args=["mails"])).status_code == 404


def test_what_was_given_up_is_sent_again_from_the_page(client, lin, keeper):
    tell(1, lin)
    Delivery.objects.update(state=Outgoing.DEAD, attempts=8, error="no route")
    client.force_login(keeper)
    page = client.get(reverse("notifications:outbox") + "?state=dead").content.decode()
    assert "no route" in page
    pk = Delivery.objects.get().pk
    assert client.post(reverse("notifications:resend_delivery", args=[pk])).status_code == 302
    assert Delivery.objects.get().state == Outgoing.PENDING
    again = client.post(reverse("notifications:resend_delivery", args=[pk]))
    assert again.status_code == 409
    assert Job.objects.count() == 0
