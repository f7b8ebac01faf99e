"""The call and the dossiers of this app's tests, made through the services."""

from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest

from accounts.models import User
from applications import opening
from applications.models import Application, Call, Industry, Scheme
from applications.services import calls, competition, dossiers
from audit import clock
from tests.applications import filling


@pytest.fixture(autouse=True)
def no_upper_checks(monkeypatch):
    """What upper apps ask before opening is tried with those apps."""
    monkeypatch.setattr(opening, "_checks", [])


@pytest.fixture
def scheme(db) -> Scheme:
    return Scheme.objects.get(code="article-14")


@pytest.fixture
def reviewed(kept, scheme, officer) -> Scheme:
    """The scheme with a fair-competition review in force."""

    def review() -> Scheme:
        record_review(scheme, officer)
        return scheme

    return kept.build("competition", review, on=("officer",))


def record_review(scheme: Scheme, officer: User) -> None:
    competition.record_competition_review(
        scheme=scheme,
        reviewed_on=clock.today() - timedelta(days=30),
        document_no="吉公竞审〔2024〕3号",
        conclusion="符合公平竞争审查标准",
        expires_on=clock.today() + timedelta(days=700),
        by=officer,
    )


@pytest.fixture
def draft_call(kept, reviewed, officer) -> Call:
    make = partial(create_call, reviewed, officer)
    return kept.build("draft_call", make, on=("competition",))


def create_call(scheme: Scheme, officer: User) -> Call:
    now = clock.now()
    return calls.create_call(
        scheme=scheme,
        year=2026,
        name_zh="2026年度第一批",
        name_en="First call of 2026",
        opens_at=now - timedelta(days=1),
        closes_at=now + timedelta(days=30),
        envelope=Decimal("100000000"),
        max_request=Decimal("30000000"),
        guide_zh="申报指南正文。",
        guide_en="Text of the guide.",
        contact="省工业和信息化厅 0431-5550100",
        complaint_line="0431-5550199",
        by=officer,
    )


@pytest.fixture
def call(kept, draft_call, officer, officer2) -> Call:
    """An open call."""

    def publish() -> Call:
        calls.propose_call(call=draft_call, by=officer)
        return calls.publish_call(call=draft_call, by=officer2)

    return kept.build("open_call", publish, on=("draft_call", "officer2"))


@pytest.fixture
def draft(kept, call, firm, applicant, region_of) -> Application:
    start = partial(
        dossiers.start_dossier,
        call=call,
        firm=firm,
        title="松籽仁精深加工及冷链项目",
        region=region_of("220581"),
        industry=Industry.objects.get(code="nuts"),
        by=applicant,
    )
    return kept.build("draft", start, on=("open_call", "applicant"))


@pytest.fixture
def complete(kept, draft, applicant) -> Application:
    """A draft with nothing missing."""
    return kept.build("complete", partial(filling.complete, draft, applicant), on=("draft",))


@pytest.fixture
def submitted(kept, complete, applicant) -> Application:
    def submit() -> Application:
        dossiers.submit(application=complete, commitment=True, by=applicant)
        return complete

    application = kept.build("submitted", submit, on=("complete",))
    application.refresh_from_db()
    return application
