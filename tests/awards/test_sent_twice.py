"""An objection sent twice, by a double click or a resend, is kept once."""

from functools import partial

import pytest
from django.urls import reverse

from audit.models import Event
from awards.models import Objection
from notifications.models import Message
from tests.awards import stages
from tests.awards.test_notices import CONTACT, IDENTITY, NAME, TEXT
from tests.racing import race

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def form(noticed):
    """(address, what a visitor fills in, as often as it is sent)."""
    url = reverse("awards:file_objection", args=[noticed.number])
    return url, lambda **more: {
        "application": noticed.items.order_by("pk")[1].application_id,
        "objector_name": NAME,
        "objector_identity": IDENTITY,
        "objector_contact": CONTACT,
        "ground": "false",
        "text": TEXT,
        "proof": stages.paper(),
        **more,
    }


def test_sent_at_one_instant(form, client_of):
    url, sent = form
    answers = race([partial(client_of(None).post, url, sent()) for _ in range(4)])
    assert [answer.status_code for answer in answers] == [302] * 4
    filed = Objection.objects.get()
    assert Event.objects.filter(action="objection.file").count() == 1
    told = Message.objects.filter(kind="objection.filed")
    assert told.count() == len(set(told.values_list("recipient", flat=True)))
    shown = client_of(None)
    assert filed.number in shown.post(url, sent(), follow=True).content.decode()  # and later
    assert Objection.objects.count() == 1


def test_another_text_and_another_ground_are_others(form, client_of):
    url, sent = form
    for more in ({}, {"text": f"{TEXT}另附照片两张。"}, {"ground": "conflict"}):
        assert client_of(None).post(url, sent(**more)).status_code == 302
    assert Objection.objects.count() == 3
