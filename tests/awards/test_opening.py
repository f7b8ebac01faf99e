"""The year's ceiling, asked before a call is proposed and shown on its draft."""

from datetime import timedelta
from decimal import Decimal

import pytest

from applications.models import Call, Scheme
from applications.services import calls
from applications.services.call_rows import CallInvalid
from audit import clock
from tests.awards import stages
from tests.awards.stages import WAN

pytestmark = pytest.mark.django_db


def drafted(people, envelope: Decimal) -> Call:
    now = clock.now()
    return calls.create_call(
        scheme=Scheme.objects.get(code="article-14"),
        year=2026,
        name_zh="2026年度第一批",
        name_en="First call of 2026",
        opens_at=now + timedelta(days=5),
        closes_at=now + timedelta(days=30),
        envelope=envelope,
        max_request=WAN,
        guide_zh="申报指南正文。",
        guide_en="Text of the guide.",
        contact="0431-5550100",
        complaint_line="0431-5550199",
        by=people.officer,
    )


def test_a_draft_says_that_the_years_ceiling_is_missing_or_too_small(people, client_of):
    call = drafted(people, 500 * WAN)

    def told() -> str:
        with pytest.raises(CallInvalid) as refused:
            calls.propose_call(call=call, by=people.officer)
        sentence = str(refused.value)
        assert sentence in client_of(people.officer).get(f"/calls/{call.pk}/").content.decode()
        return sentence

    assert told() == "2026 年度额度尚未下达，须先由财政人员录入并确认。"
    stages.set_ceiling(people, call, 400 * WAN)
    assert told() == (
        "2026 年度额度扣除已立项和其他批次额度后余 400 万元，本批次拟安排 500 万元。"
        "请调减本批次额度，或由财政人员先行调增年度额度。"
    )
    stages.set_ceiling(people, call, 500 * WAN)
    assert calls.propose_call(call=call, by=people.officer).status == "proposed"
