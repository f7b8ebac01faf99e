"""Celery tasks whose work happens exactly once for each job row."""

from collections.abc import Callable
from typing import Any

from celery import Task, shared_task

from notifications import carriage


def job_task(name: str) -> Callable[[Callable[..., object]], Task[..., Any]]:
    """Make a function the work of the jobs that `services.enqueue(task=name, …)` writes.

    The function takes the payload as keyword arguments and runs in one transaction together
    with the mark that the job is done: it happens once, or not at all and again later. It may
    do nothing outside the database that it could not do twice.
    """

    def wrap(function: Callable[..., object]) -> Task[..., Any]:
        def work(number: int) -> None:
            carriage.run_job(number, function)

        work.__name__, work.__doc__ = function.__name__, function.__doc__
        work.__module__ = function.__module__
        task: Task[..., Any] = shared_task(name=name, ignore_result=True)(work)
        return task

    return wrap
