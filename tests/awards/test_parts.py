"""A project funded in part: asked for consent before it goes on notice."""

import pytest

from applications.workflow import Status
from audit.refusals import NotPermitted, WrongState
from awards.models import NoticeItem
from awards.services import notices, reserve
from tests.awards import stages
from tests.awards.test_notices import dossier


class TestPart:
    @pytest.fixture
    def ranked(self, people):
        return stages.ranked(people, mode="partial")

    def test_a_part_goes_on_notice_only_with_consent(self, people, approved, editor, officer):
        item = approved.items.get(application__title="P4")
        notice = notices.publish_notice(call=approved.call, by=people.officer)
        assert notice.items.count() == 3
        with pytest.raises(WrongState):
            notices.publish_notice(call=approved.call, by=people.officer)
        for person in (editor, officer):
            with pytest.raises(NotPermitted):
                reserve.answer_part(item=item, agree=True, by=person)
        reserve.answer_part(item=item, agree=True, by=people.owner)
        with pytest.raises(WrongState):
            reserve.answer_part(item=item, agree=False, by=people.owner)
        extra = notices.publish_notice(call=approved.call, by=people.officer)
        assert NoticeItem.objects.get(notice=extra).amount == 6_000 * stages.WAN

    def test_money_set_free_before_the_notice_goes_to_the_part_first(self, people, approved):
        reserve.disqualify(
            application=dossier("P1"), reason="企业已被列入失信名单。", by=people.approver
        )
        item = approved.items.get(application__title="P4")
        assert (item.outcome, item.amount) == ("funded", 8_000 * stages.WAN)
        assert approved.items.get(application__title="P5").amount == 1_000 * stages.WAN

    def test_a_declined_part_is_taken_off(self, people, approved):
        item = approved.items.get(application__title="P4")
        reserve.answer_part(item=item, agree=False, by=people.owner)
        moved = reserve.disqualify(
            application=dossier("P4"), reason="申报单位不接受部分资助。", by=people.approver
        )
        assert [(a.title, a.status) for a in moved] == [("P5", Status.PROPOSED)]
