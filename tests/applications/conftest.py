"""The call and the dossiers of this app's tests, made through the services."""

from datetime import timedelta
from decimal import Decimal

import pytest

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
def reviewed(scheme, officer) -> Scheme:
    """The scheme with a fair-competition review in force."""
    competition.record_competition_review(
        scheme=scheme,
        reviewed_on=clock.today() - timedelta(days=30),
        document_no="吉公竞审〔2024〕3号",
        conclusion="符合公平竞争审查标准",
        expires_on=clock.today() + timedelta(days=700),
        by=officer,
    )
    return scheme


@pytest.fixture
def draft_call(reviewed, officer) -> Call:
    now = clock.now()
    return calls.create_call(
        scheme=reviewed,
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
def call(draft_call, officer, officer2) -> Call:
    """An open call."""
    calls.propose_call(call=draft_call, by=officer)
    return calls.publish_call(call=draft_call, by=officer2)


@pytest.fixture
def draft(call, firm, applicant, region_of) -> Application:
    return dossiers.start_dossier(
        call=call,
        firm=firm,
        title="松籽仁精深加工及冷链项目",
        region=region_of("220581"),
        industry=Industry.objects.get(code="nuts"),
        by=applicant,
    )


@pytest.fixture
def complete(draft, applicant) -> Application:
    """A draft with nothing missing."""
    return filling.complete(draft, applicant)


@pytest.fixture
def submitted(complete, applicant) -> Application:
    dossiers.submit(application=complete, commitment=True, by=applicant)
    complete.refresh_from_db()
    return complete
