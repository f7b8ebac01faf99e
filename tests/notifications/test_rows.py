"""Messages and jobs as rows: keys, failures, giving up, sending again."""

from datetime import UTC, date, datetime
from decimal import Decimal
from email import message_from_bytes, policy

import pytest
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.utils.translation import gettext_lazy as _lazy

from audit.models import Event
from audit.refusals import NotPermitted, NotVisible, WrongState
from notifications import carriage, kinds, mail, rows, selectors, services, waiting, wording
from notifications.models import Delivery, Job, Message, Outgoing
from tests.notifications import probes

pytestmark = pytest.mark.django_db


def tell(key, *people, **context):
    values = {
        "number": 7,
        "amount": Decimal("24000000.00"),
        "place": {"zh": "四平", "en": "Siping"},
    }
    services.notify(
        kind="probe.told", recipients=people, key=key, context=values | context, url="/inbox/"
    )


def job(word="word", task="mark"):
    services.enqueue(task=f"tests.notifications.probes.{task}", key=word, payload={"word": word})
    return Job.objects.get(key=word)


def test_one_message_for_each_person_and_key(lin, reed):
    tell("a", lin, reed, lin)
    tell("a", lin)
    tell("b", lin)
    assert sorted(Message.objects.values_list("key", "recipient__username")) == sorted(
        [(f"a:{lin.pk}", "lin"), (f"a:{reed.pk}", "reed"), (f"b:{lin.pk}", "lin")]
    )
    assert Delivery.objects.count() == 3


def test_a_message_read_is_not_told_again(lin):
    tell("a", lin)
    services.mark_read(message=Message.objects.get(), by=lin)
    tell("a", lin)
    assert selectors.unread_count(lin) == 0


def test_nothing_is_told_when_the_act_is_undone(lin):
    with pytest.raises(RuntimeError), transaction.atomic():
        tell("a", lin)
        job()
        raise RuntimeError
    assert (Message.objects.count(), Delivery.objects.count(), Job.objects.count()) == (0, 0, 0)


def test_a_disabled_person_gets_nothing_and_one_without_address_only_the_inbox(lin, reed):
    lin.is_active = False
    reed.email = ""
    tell("a", lin, reed)
    assert list(Message.objects.values_list("recipient__username", flat=True)) == ["reed"]
    assert Delivery.objects.count() == 0


def test_unknown_kinds_and_missing_words_are_refused_when_written(lin):
    with pytest.raises(LookupError):
        services.notify(kind="no.such", recipients=[lin], key="k", context={}, url="")
    with pytest.raises(KeyError):
        services.notify(kind="probe.told", recipients=[lin], key="k", context={}, url="")
    assert Message.objects.count() == 0


def test_a_kind_has_one_text():
    kinds.register("probe.told", title="Probe %(number)s", body="Amount %(amount)s, %(place)s")
    with pytest.raises(ValueError, match="registered twice"):
        kinds.register("probe.told", title="other", body="")


def test_each_reader_gets_the_own_language(lin, reed, mail_dir):
    tell("a", lin, reed)
    carriage.carry_deliveries(Delivery.objects.values_list("pk", flat=True))
    mails = [
        message_from_bytes(path.read_bytes(), policy=policy.default)
        for path in sorted(mail_dir.glob("*.eml"))
    ]
    found = {m["Content-Language"]: m.get_content() for m in mails}
    assert set(found) == {"zh-hans", "en"}
    assert "Amount 2,400 万元, 四平" in found["zh-hans"]
    assert "Siping" in found["en"]
    assert "四平" not in found["en"]
    assert {m["X-Steelyard-Key"] for m in mails} == {f"a:{lin.pk}:email", f"a:{reed.pk}:email"}


def test_values_keep_their_meaning_until_they_are_read():
    moment = datetime(2026, 6, 12, 9, 0, tzinfo=UTC)
    kept = wording.encode(
        {
            "n": 3,
            "sum": Decimal("28505000.00"),
            "due": moment,
            "day": date(2026, 6, 12),
            "none": None,
            "both": {"zh": "甲", "en": "A"},
            "list": ["a", {"zh": "乙", "en": "B"}],
            "lazy": _lazy("firm"),
        }
    )
    zh, en = wording.decode(kept, "zh-hans"), wording.decode(kept, "en")
    assert (zh["n"], zh["sum"], zh["none"], zh["both"]) == (3, "2,850.5 万元", "", "甲")
    assert zh["due"] == "2026年6月12日（周五）17:00"
    assert zh["day"] == "2026年6月12日"
    assert zh["list"] == "a、乙"
    assert (en["both"], en["list"]) == ("A", "a, B")
    assert en["due"] == "Fri 12 June 2026, 17:00"


def test_a_mail_kept_twice_is_one_file(mail_dir):
    connection = get_connection("notifications.mail.FileBackend")
    message = EmailMessage("s", "b", to=["a@example.test"], headers={"X-Steelyard-Key": "k/1:邮"})
    assert connection.send_messages([message]) == 1
    assert connection.send_messages([message]) == 1
    other = EmailMessage("s", "b", to=["a@example.test"], headers={"X-Steelyard-Key": "k-1-邮"})
    connection.send_messages([other])
    assert sorted(p.name for p in mail_dir.iterdir()) == sorted(
        [mail.file_name(message), mail.file_name(other)]
    )


def test_a_mail_written_before_a_crash_is_not_written_again(lin, mail_dir, monkeypatch):
    tell("a", lin)
    delivery = Delivery.objects.get()
    with monkeypatch.context() as crash:
        crash.setattr(carriage.clock, "now", _clock_that_stops_after(2))
        carriage.carry_deliveries([delivery.pk])
    assert Delivery.objects.get().state == Outgoing.PENDING
    assert len(list(mail_dir.iterdir())) == 1
    carriage.carry_deliveries([delivery.pk])
    assert Delivery.objects.get().state == Outgoing.DONE
    assert len(list(mail_dir.iterdir())) == 1


def _clock_that_stops_after(times):
    real, calls = carriage.clock.now, []

    def now():
        calls.append(1)
        if len(calls) == times:
            raise ConnectionError("the database went away")
        return real()

    return now


def test_a_failing_job_waits_longer_each_time_and_is_given_up_in_the_end(db):
    row = job("bad", "fail")
    pauses = []
    for _try in range(carriage.MAX_ATTEMPTS):
        before = carriage.clock.now()
        probes.fail(row.pk)
        row.refresh_from_db()
        pauses.append(round((row.due_at - before).total_seconds()))
    assert pauses[:7] == [10, 20, 40, 80, 160, 320, 640]
    assert (row.state, row.attempts, row.error) == (Outgoing.DEAD, 8, "ValueError: bad")
    assert not Event.objects.filter(action="probe.marked").exists()
    probes.fail(row.pk)
    row.refresh_from_db()
    assert row.attempts == 8


def test_a_row_that_kills_every_worker_is_given_up(db):
    row = job("poison")
    Job.objects.update(attempts=carriage.MAX_ATTEMPTS)
    assert carriage.bury_spent() == 1
    row.refresh_from_db()
    assert row.state == Outgoing.DEAD


def test_a_lease_keeps_others_away_until_it_ends(db):
    row = job()
    assert carriage.lease_jobs() == [(row.task, row.pk)]
    assert carriage.lease_jobs() == []
    Job.objects.update(due_at=carriage.clock.now())
    assert carriage.lease_jobs() == [(row.task, row.pk)]


def test_only_the_system_administrator_sends_again(lin, keeper):
    row = job("bad", "fail")
    Job.objects.update(state=Outgoing.DEAD, attempts=8, error="e")
    with pytest.raises(NotPermitted):
        services.resend_job(job=row, by=lin)
    again = services.resend_job(job=row, by=keeper)
    assert (again.state, again.attempts) == (Outgoing.PENDING, 0)
    event = Event.objects.get(action="outbox.resend")
    assert (event.actor_name, event.source, event.target) == ("柯平", "dead", "pending")
    with pytest.raises(WrongState):
        services.resend_job(job=row, by=keeper)


def test_nobody_marks_another_persons_message(lin, reed):
    tell("a", lin)
    with pytest.raises(NotVisible):
        services.mark_read(message=Message.objects.get(), by=reed)
    assert services.mark_all_read(by=reed) == 0
    assert selectors.unread_count(lin) == 1


def test_what_was_given_up_waits_for_the_administrator(lin, keeper):
    now = carriage.clock.now()
    assert waiting.waiting_for(keeper, now) == []
    job()
    Job.objects.update(state=Outgoing.DEAD)
    assert [item.count for item in waiting.waiting_for(keeper, now)] == [1]
    assert waiting.waiting_for(lin, now) == []


def test_a_kind_that_is_gone_still_shows_a_row(lin):
    tell("a", lin)
    Message.objects.update(kind="gone.kind")
    assert rows.inbox_row(Message.objects.get(), "zh-hans").title == "消息"
