"""The mail of the day."""

from datetime import timedelta
from email import message_from_bytes

import pytest

from audit import clock
from notifications import carriage, digests
from notifications.models import Delivery, DigestLine, Job, Message, Outgoing
from tests.notifications.reaching import INBOX, tell
from tests.racing import race

pytestmark = pytest.mark.django_db


@pytest.fixture
def gathered(lin, reed, mail_dir):
    """Two who get their news by one mail a day, three messages each."""
    for user in (lin, reed):
        user.reach = {"news.email": "daily"}
        user.save()
    for number in range(3):
        tell(f"m{number}", lin, reed)
    return mail_dir


def run_jobs():
    for job in Job.objects.filter(task=digests.TASK, state=Outgoing.PENDING):
        carriage.run_job(job.pk, digests.deliver)


def test_a_mail_of_the_day_tells_each_message_once(gathered, lin, reed):
    assert Delivery.objects.count() == 0
    assert (digests.ask_all(), digests.ask_all()) == (2, 2)
    run_jobs()
    tell("late", lin)
    assert digests.ask_all() == 1  # the day's mail is out: it waits for the next
    run_jobs()
    assert len(list(gathered.glob("*.eml"))) == 2
    assert DigestLine.objects.filter(sent_at=None).count() == 1
    assert set(Job.objects.values_list("state", "attempts")) == {("done", 1)}


def test_a_mail_of_the_day_is_in_the_persons_language(gathered, lin):
    rows = list(Message.objects.filter(recipient=lin).order_by("pk"))
    mail = digests.compose(lin, rows, "digest:1")
    assert mail.subject == "今日消息汇总（3条）"
    assert mail.message()["Message-ID"] == "<digest.1@127.0.0.1>"
    first, *parts, change, _end = mail.body.split("\n\n")
    assert first == "林晓："
    assert [part.split("（")[0] for part in parts] == ["· Probe 7"] * 3
    assert parts[0].endswith(f"\n  {INBOX}")
    assert change.endswith("http://127.0.0.1:8000/profile/messages/")


def test_a_server_that_takes_nothing_loses_no_line(gathered, lin, settings):
    digests.ask_all()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    run_jobs()
    assert DigestLine.objects.filter(sent_at=None).count() == 6
    settings.EMAIL_BACKEND = "notifications.mail.FileBackend"
    run_jobs()
    assert DigestLine.objects.filter(sent_at=None).count() == 0
    assert len(list(gathered.glob("*.eml"))) == 2


def test_a_mail_of_the_day_sent_again_is_the_same_unless_it_tells_more(gathered, lin):
    key = f"digest:{lin.pk}:2026-05-28"
    for more in (False, False, True):  # as of a worker that died before its note
        if more:
            tell("late", lin)
        digests.deliver(person=lin.pk, key=key)
        DigestLine.objects.update(sent_at=None)
    told = [message_from_bytes(f.read_bytes())["Message-ID"] for f in gathered.glob("*.eml")]
    lines = DigestLine.objects.filter(message__recipient=lin).order_by("pk")
    ends = [line.pk for line in lines][2:]
    assert sorted(told) == [f"<digest.{lin.pk}.2026-05-28.{end}@127.0.0.1>" for end in ends]


@pytest.mark.django_db(transaction=True)
def test_many_who_ask_at_once_send_one_mail_each(gathered, lin, reed):
    assert race([digests.ask_all] * 4) == [2] * 4
    assert race([run_jobs] * 4) == [None] * 4
    assert len(list(gathered.glob("*.eml"))) == 2
    assert set(Job.objects.values_list("state", "attempts")) == {("done", 1)}


def test_the_round_of_mails_is_made_once_a_day(gathered, monkeypatch):
    morning = clock.now().astimezone(clock.SHANGHAI).replace(hour=8, minute=20)
    found = []
    for minutes in (0, 10, 20, 24 * 60 + 11):
        instant = morning + timedelta(minutes=minutes)
        monkeypatch.setattr(digests.clock, "now", lambda at=instant: at)
        found.append(digests.ask_this_morning())
    assert found == [None, 2, None, 2]
