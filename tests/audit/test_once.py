"""A form sent twice makes one record: by hand, corrected, deleted since, and at one instant."""

from functools import partial

import pytest
from django.db import transaction

from accounts.models import Region
from audit.models import SentForm
from audit.once import once
from audit.refusals import Invalid
from tests.racing import overtaken, race

TOKEN = "0" * 32


def found(*, code: str, name: str = "新区") -> Region:
    if not name:
        raise Invalid("a name", "name")
    return Region.objects.create(code=code, name_zh=name, name_en=name, level="province")


def sent(token: str = TOKEN, **given: str) -> Region:
    return once(Region, token, partial(found, **given))


@pytest.mark.django_db
def test_the_same_form_with_the_same_content_is_one():
    first = sent(code="990001")
    assert sent(code="990001") == first
    assert sent(code="990002") != first  # another content
    with pytest.raises(Exception, match="duplicate key"), transaction.atomic():
        sent("1" * 32, code="990001")  # another form
    assert Region.objects.filter(code__startswith="99000").count() == 2


@pytest.mark.django_db
def test_what_was_refused_leaves_no_trace_and_what_is_gone_is_made_again():
    with pytest.raises(Invalid):
        sent(code="990001", name="")
    assert SentForm.objects.count() == 0
    sent(code="990001").delete()
    assert sent(code="990001").pk == SentForm.objects.get().object_id


@pytest.mark.django_db(transaction=True)
def test_sent_at_one_instant_it_is_one():
    made = race([partial(sent, code="990001")] * 6)
    assert len({region.pk for region in made}) == 1
    assert overtaken(partial(sent, code="990002"), partial(sent, code="990002")).code == "990002"
    assert Region.objects.filter(code__startswith="99000").count() == 2
