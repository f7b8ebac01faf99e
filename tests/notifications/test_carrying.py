"""With a real Redis and real workers: nothing lost, nothing twice."""

import threading
import time

import pytest
from celery import current_app
from django.db import connection, transaction

from audit.models import Event
from audit.turns import alone
from notifications import carriage, services, tasks
from notifications.models import Delivery, Job, Message, Outgoing, Round
from tests.notifications import probes
from tests.notifications.conftest import person, wait_for

pytestmark = pytest.mark.slow

CONTEXT = {"number": 7, "amount": "1", "place": "x"}


def tell(key, *people):
    services.notify(kind="probe.told", recipients=people, key=key, context=CONTEXT, url="/inbox/")


def ask(word, task="mark", **payload):
    services.enqueue(
        task=f"tests.notifications.probes.{task}", key=word, payload=payload or {"word": word}
    )
    return Job.objects.get(key=word)


def marks():
    return list(Event.objects.filter(action="probe.marked").values_list("reason", flat=True))


def let_leases_end():
    for model in (Job, Delivery):
        model.objects.filter(state=Outgoing.PENDING).update(due_at=carriage.clock.now())


def all_done(model):
    return lambda: not model.objects.exclude(state=Outgoing.DONE).exists()


def at_once(count, work):
    """Run in so many threads at the same instant; returns what each gave or raised."""
    barrier, results = threading.Barrier(count), []

    def run():
        try:
            barrier.wait()
            results.append(work())
        except Exception as error:  # noqa: BLE001  (the test looks at it)
            results.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def test_a_commit_wakes_a_worker_which_delivers_and_runs(post, lin):
    post.start_worker()
    with transaction.atomic():
        tell("woken", lin)
        ask("woken")
    wait_for(all_done(Delivery))
    wait_for(all_done(Job))
    assert marks() == ["woken"]
    assert len(list(post.mail.glob("*.eml"))) == 1


def test_a_worker_killed_in_the_middle_leaves_nothing_and_the_job_runs_once(post, tmp_path):
    worker = post.start_worker()
    flag = tmp_path / "flag"
    flag.touch()
    job = ask("slow", "linger", flag=str(flag))
    wait_for(flag.with_suffix(".begun").exists)
    post.kill(worker)
    wait_for(lambda: _free(job))
    assert marks() == []
    job.refresh_from_db()
    assert (job.state, job.attempts) == (Outgoing.PENDING, 1)

    flag.unlink()
    post.start_worker()
    let_leases_end()
    tasks.sweep()
    wait_for(all_done(Job))
    time.sleep(0.5)
    assert marks() == ["linger"]


def _free(job):
    with transaction.atomic():
        return Job.objects.select_for_update(skip_locked=True).filter(pk=job.pk).exists()


def test_redis_down_at_commit_delays_and_loses_nothing(post, lin):
    post.stop_redis()
    begun = time.monotonic()
    with transaction.atomic():
        tell("while-down", lin)
        ask("while-down")
    assert time.monotonic() - begun < 1
    tasks.sweep()  # a beat that cannot reach the broker either gives the rows back
    assert Job.objects.get().state == Outgoing.PENDING
    post.start_redis()
    post.start_worker()
    let_leases_end()
    tasks.sweep()
    wait_for(all_done(Delivery))
    wait_for(all_done(Job))
    assert marks() == ["while-down"]
    assert len(list(post.mail.glob("*.eml"))) == 1


def test_a_running_worker_comes_back_when_redis_does(post, lin):
    post.start_worker()
    post.stop_redis()
    with transaction.atomic():
        ask("gap")
    post.start_redis()
    let_leases_end()
    wait_for(lambda: tasks.sweep() >= 0 and bool(post.queued() or marks()), 10)
    wait_for(all_done(Job), 30)
    assert marks() == ["gap"]


def test_redis_wiped_between_sweep_and_worker_loses_nothing(post, lin):
    with transaction.atomic():
        tell("wiped", lin)
        for number in range(5):
            ask(f"wiped-{number}")
    tasks.sweep()
    assert post.queued() > 0
    post.wipe_redis()
    assert post.queued() == 0
    post.start_worker()
    let_leases_end()
    tasks.sweep()
    wait_for(all_done(Job))
    wait_for(all_done(Delivery))
    assert sorted(marks()) == [f"wiped-{n}" for n in range(5)]
    assert len(list(post.mail.glob("*.eml"))) == 1


def test_sweeps_at_once_hand_over_each_row_once(post, lin):
    with transaction.atomic():
        for number in range(120):
            ask(f"many-{number:03}")
    results = at_once(4, tasks.sweep)
    assert sum(results) == 120
    jobs = Job.objects.count()
    sent_by_commit = 1
    assert post.queued() == jobs + sent_by_commit


@pytest.mark.exhaustive
def test_a_thousand_messages_arrive_once_each_through_two_workers_and_double_sweeps(post, db):
    people = [person(f"p{n:02}") for n in range(20)]
    post.start_worker()
    post.start_worker()

    def write(first):
        for number in range(first, first + 25):
            with transaction.atomic():
                tell(f"m{number}", *people)
                tell(f"m{number}", *people)  # told again: the same key, nothing new

    halves = iter((0, 25))
    at_once(2, lambda: write(next(halves)))
    at_once(2, tasks.sweep)
    numbers = list(Delivery.objects.values_list("pk", flat=True))
    for _again in range(2):  # the broker delivers parcels twice
        for start in range(0, 1000, 100):
            tasks.carry.delay(numbers[start : start + 100])
    wait_for(all_done(Delivery), 60, lambda: str(Delivery.objects.exclude(state="done").count()))
    wait_for(lambda: post.queued() == 0, 60)
    assert Message.objects.count() == 1000
    assert Delivery.objects.count() == 1000
    files = list(post.mail.iterdir())
    assert len(files) == 1000
    assert {file.suffix for file in files} == {".eml"}
    assert set(Delivery.objects.values_list("attempts", flat=True)) == {1}


@pytest.mark.exhaustive
def test_two_beats_and_two_workers_do_what_is_periodic_once_and_by_turns(post, lin):
    for _n in range(2):
        post.start_worker()
    with transaction.atomic():
        tell("beaten", lin)
        ask("beaten")
    for _n in range(2):
        post.start_beat()
    turns = (
        Event.objects.filter(action="probe.turn").order_by("id").values_list("target", flat=True)
    )
    wait_for(lambda: len(turns.all()) >= 12, 40)
    wait_for(all_done(Job), 30)
    wait_for(all_done(Delivery), 30)
    wait_for(Round.objects.filter(name="probe").exists)
    wait_for(Event.objects.filter(action="invariants.check").exists)
    for process in post.workers[2:]:
        post.kill(process)
    wait_for(lambda: post.queued() == 0, 30)
    time.sleep(1)
    assert list(turns.all()) == ["began", "ended"] * (len(turns.all()) // 2)
    days = {at.astimezone(carriage.clock.SHANGHAI).date() for at in daily_instants()}
    assert len(daily_instants()) == len(days)
    assert Event.objects.filter(action="invariants.check").count() == 1
    assert marks() == ["beaten"]
    assert len(list(post.mail.glob("*.eml"))) == 1


def daily_instants():
    return list(Event.objects.filter(action="probe.daily").values_list("at", flat=True))


def test_a_turn_is_free_again_when_its_process_is_killed(post):
    worker = post.start_worker()
    current_app.send_task("tests.notifications.probes.turn", ignore_result=True)
    began = Event.objects.filter(action="probe.turn", target="began")
    wait_for(began.exists)
    with alone("probe.turn") as is_alone:
        assert not is_alone
    post.kill(worker)

    def is_free():
        with alone("probe.turn") as is_alone:
            return is_alone

    wait_for(is_free)
    assert not Event.objects.filter(action="probe.turn", target="ended").exists()


def test_a_job_sent_many_times_at_once_happens_once(transactional_db):
    job = ask("pressed")
    results = at_once(6, lambda: probes.mark(job.pk))
    assert results == [None] * 6
    assert marks() == ["pressed"]
    assert Job.objects.get(pk=job.pk).attempts == 1
    job.refresh_from_db()
    assert job.state == Outgoing.DONE


def test_two_who_tell_the_same_at_once_leave_one_message(transactional_db, lin):
    results = at_once(6, lambda: tell("same", lin))
    assert results == [None] * 6
    assert Message.objects.count() == 1
    assert Delivery.objects.count() == 1
