"""The rehearsal in a process of its own, on a database that goes away under it.

Started by `tests.faults.play`, which sets Django up.
"""

import importlib
import json
import pkgutil
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from random import Random
from types import FunctionType, ModuleType
from typing import Any, get_args, get_origin

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import Error, connection, models, transaction

import rehearsal
from audit import clock
from audit.models import Event
from audit.origin import acting_from
from config.demo import PASSWORD
from rehearsal import filing
from rehearsal.refused import Refusals
from rehearsal.round import Round
from rehearsal.running import Rehearsal
from tests.faults.journal import ACTS, DESKS, Journal
from tests.faults.patience import ORIGIN, Patience, Trial, is_lost

# Rounds of the clock: each makes many transactions, and run again does what is left.
REPEATABLE = ("watch_clocks", "appraise_last_quarter", "recall_idle", "release_finished")
DESK_WAN, DESK_DAYS = 3_000, 900
FIRMS = tuple(f"firm{number}" for number in range(3))
DRAFTS = 3  # of each firm: one to type in, the others to submit


def found_value(act: FunctionType, trial: Trial) -> Any:
    """What an act returned that nobody heard of: the rows that its events tell of."""
    kind = act.__annotations__.get("return")
    if kind is None:
        return None
    is_many = get_origin(kind) is list
    model = get_args(kind)[0] if is_many else kind
    if not (isinstance(model, type) and issubclass(model, models.Model)):
        raise TypeError(f"nothing tells what {act.__qualname__} returned")
    numbers = [number for number, _mac in trial.events]
    told = Event.objects.filter(pk__in=numbers, object_type=model._meta.label_lower).order_by("pk")
    rows = [apps.get_model(e.object_type).objects.get(pk=e.object_id) for e in told]
    return rows if is_many else rows[-1] if rows else None


class Services:
    """A module of services, of which each call is one act."""

    def __init__(self, module: ModuleType, wrap: Callable[[FunctionType], Any]) -> None:
        self.module, self.wrap = module, wrap

    def __getattr__(self, name: str) -> Any:
        value = getattr(self.module, name)
        return self.wrap(value) if isinstance(value, FunctionType) else value


def patient(patience: Patience, act: FunctionType) -> Callable[..., Any]:
    """The act, done until it is answered. Of one that is a transaction as a whole, what it returns
    is kept before the commit."""
    name = f"{act.__module__}.{act.__qualname__}"
    is_whole = act.__code__.co_qualname == "ContextDecorator.__call__.<locals>.inner"

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        kept: list[Any] = []

        def call() -> Any:
            for value in uploads(kwargs.values()):
                value.seek(0)
            if not is_whole:
                return act(*args, **kwargs)
            with transaction.atomic():
                kept[:] = [act.__wrapped__(*args, **kwargs)]
            return kept[0]

        by = kwargs.get("by")
        return patience.act(
            name,
            by.pk if isinstance(by, AbstractBaseUser) else None,
            call,
            lambda trial: kept[0] if kept else found_value(act, trial),
            repeatable=act.__name__ in REPEATABLE,
        )

    return wrapped


def uploads(values: Iterable[Any]) -> Iterable[Any]:
    for value in values:
        if isinstance(value, list):
            yield from uploads(value)
        elif hasattr(value, "seek"):
            yield value


def make_patient(patience: Patience) -> None:
    """Every service that the rehearsal's modules call, the clock they move, the refusals."""
    wrap = partial(patient, patience)
    for found in pkgutil.iter_modules(rehearsal.__path__):
        if found.ispkg or found.name == "apps":
            continue
        module = importlib.import_module(f"rehearsal.{found.name}")
        for name, value in list(vars(module).items()):
            if isinstance(value, ModuleType) and ".services" in value.__name__:
                setattr(module, name, Services(value, wrap))
            elif isinstance(value, FunctionType) and ".services" in value.__module__:
                setattr(module, name, wrap(value))
    for name in ("travel_to", "travel_by"):
        setattr(clock, name, moved(patience, getattr(clock, name)))
    Refusals.expect = refused(patience, Refusals.expect)


def moved(patience: Patience, travel: Callable[[Any], None]) -> Callable[[Any], None]:
    """The clock moves once for each call: a step nobody answered for is looked for, too."""

    def call(value: Any) -> None:
        with transaction.atomic():
            travel(value)

    return lambda value: patience.act("clock", None, partial(call, value), lambda trial: None)


def refused(patience: Patience, expect: Callable[..., None]) -> Callable[..., None]:
    """What is refused leaves nothing, so it is simply tried again."""

    def again(self: Refusals, name: str, act: Callable[[], object]) -> None:
        while True:
            tried = self.tried
            try:
                return expect(self, name, act)
            except Error as error:
                if not is_lost(error):
                    raise
            self.tried = tried
            connection.close()

    return again


class Play(Rehearsal):
    """The rehearsal, and beside it a call that stays open, with drafts for those at the web."""

    def prepare(self, rng: Random, *, kept: bool) -> Round:
        round_ = super().prepare(rng, kept=kept)
        desk = replace(
            round_,
            rng=Random(self.seed),
            count=len(FIRMS) * DRAFTS,
            opens_on=clock.today() + timedelta(days=36),
            first_serial=(self.year + 8) * 1000,
            envelope_wan=DESK_WAN,
            open_for=DESK_DAYS,
            password=PASSWORD,
            sign_ins={},
            dossiers={},
        )
        round_.envelope_wan -= DESK_WAN
        round_.opens_on += timedelta(days=35)
        open_desks(desk)
        return round_


def open_desks(desk: Round) -> None:
    """A draft with everything in it for each firm, and more of other firms under its sign-in."""
    filing.set_up_call(desk)
    desk.wait_until(desk.opens_on + timedelta(days=1))
    invented = filing.invent(desk)
    told = []
    for place, firm in enumerate(FIRMS):
        drafts = []
        for number in range(DRAFTS):
            dossier = invented[place]
            dossier = replace(dossier, title=f"{dossier.title}{'一二三四五'[number]}期")
            desk.sign_ins = {place: firm}
            made = filing.file_one(desk, dossier, place, submit=False)
            drafts.append(made.pk)
        told.append({"login": firm, "drafts": drafts, "call": desk.call.number})
    # Those of the office read what the house tells them.
    told += [{"login": name, "drafts": [], "call": ""} for name in ("officer", "region_siping")]
    part = settings.DATA_DIR / f"{DESKS}.part"
    part.write_text(json.dumps(told))
    part.rename(settings.DATA_DIR / DESKS)


def let_wait(stage: str, done: int, of: int) -> None:
    """Time passes for those who wait for a worker: what a killed one had taken is free again."""
    if stage == "assigned" and done < of:
        clock.travel_by(timedelta(seconds=15))


def play(applications: int, experts: int, until: str, seed: str) -> None:
    make_patient(Patience(Journal(settings.DATA_DIR / ACTS), Random(seed)))
    run = Play(
        applications=applications,
        experts=experts,
        until=until,
        password=PASSWORD,
        progress=let_wait,
    )
    with acting_from(ORIGIN):
        run.play(kept=False)
