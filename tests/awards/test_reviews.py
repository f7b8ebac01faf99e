"""The one review above the answer to an objection."""

import pytest
from django.urls import reverse

from applications.workflow import Status
from audit import clock
from audit.refusals import Invalid, NotPermitted, NotVisible, TooLate, WrongState
from awards.models import Award, ObjectionReview
from awards.query_code import query_code
from awards.services import (
    decisions,
    objection_answers,
    objection_reviews,
    objections,
)
from awards.waiting import waiting_for
from calendars.wording import day_of
from notifications.models import Message
from tests.awards import stages
from tests.awards.test_guards import refused
from tests.awards.test_notices import CONTACT, IDENTITY, NAME, dossier, objected
from tests.awards.test_witnesses import lines, sql
from tests.racing import race

WHY = "答复所依据的发票与现场核查记录不一致，请重新核查。"
DECIDED = "经会议研究，维持有关事实认定。"


@pytest.fixture
def answered(people, noticed):
    """answered(upheld): the objection against P2, examined and answered."""

    def act(upheld):
        filed = objected(noticed)
        objections.accept_objection(
            objection=filed, finding="署名真实，线索具体，予以受理。", by=people.officer
        )
        return objection_answers.answer_objection(
            objection=filed, upheld=upheld, answer="经现场核查，已有结论。", by=people.approver
        )

    return act


def recorded(people, review):
    return stages.minutes(people, review.objection.notice.call, number="联席会议纪要〔2026〕3号")


def decide(people, review, upheld, by, **more):
    kept = more.pop("minutes", None) or recorded(people, review)
    values = {"minutes": kept, "decision": DECIDED, **more}
    return objection_reviews.decide_review(review=review, upheld=upheld, by=by, **values)


def ask(objection, by=None, text=WHY):
    return objection_reviews.ask_review(objection=objection, text=text, by=by)


class TestAsking:
    def test_the_objector_asks_where_it_was_not_upheld_and_the_project_is_held_again(
        self, people, answered, noticed
    ):
        row = answered(upheld=False)
        assert dossier("P2").status == Status.ON_NOTICE
        with pytest.raises(NotVisible):
            ask(row, by=people.owner)
        with pytest.raises(Invalid):
            ask(row, text="不服")
        ask(row)
        assert dossier("P2").status == Status.OBJECTION_HOLD
        with pytest.raises(WrongState):
            ask(row)
        stages.pass_day(noticed.ends_on)
        made = decisions.award(call=noticed.call, by=people.approver)
        assert [one.application.title for one in made] == ["P1", "P3"]

    def test_the_firms_owner_asks_where_it_was_upheld(self, people, answered, editor):
        row = answered(upheld=True)
        with pytest.raises(NotVisible):
            ask(row)
        for person in (editor, people.officer):
            with pytest.raises(NotPermitted):
                ask(row, by=person)
        review = ask(row, by=people.owner)
        told = Message.objects.filter(kind="objection.review_asked")
        assert {m.recipient for m in told} == {people.approver, people.officer, people.officer2}
        with pytest.raises(WrongState):
            objection_answers.carry_out(objection=row, by=people.approver)
        assert review.due_at > row.review_until

    def test_in_time_only(self, people, answered):
        row = answered(upheld=True)
        stages.pass_day(day_of(row.review_until))
        with pytest.raises(TooLate):
            ask(row, by=people.owner)

    def test_not_before_the_answer(self, noticed):
        with pytest.raises(WrongState):
            ask(objected(noticed))


class TestDeciding:
    def test_whoever_had_a_part_in_the_answer_does_not_decide(self, people, answered, approver2):
        review = ask(answered(upheld=False))
        for person in (people.approver, people.officer, people.officer2, people.owner):
            with pytest.raises(NotPermitted):
                decide(people, review, False, person)
        decided = decide(people, review, False, approver2)
        assert decided.status == "rejected"
        with pytest.raises(WrongState):
            decide(people, review, True, approver2, minutes=decided.minutes)
        with pytest.raises(WrongState):  # what a decision refers to stands
            recorded(people, review)

    def test_upheld_above_the_project_is_out_and_the_reserve_moves_up(
        self, people, answered, approver2
    ):
        decide(people, ask(answered(upheld=False)), True, approver2)
        assert {t: dossier(t).status for t in ("P2", "P4", "P5")} == {
            "P2": Status.DISQUALIFIED, "P4": Status.PROPOSED, "P5": Status.PROPOSED,
        }  # fmt: skip
        assert lines() == []
        sql("UPDATE awards_objectionreview SET decision = 'other'")
        assert "decision" in " ".join(lines())

    def test_not_upheld_above_the_project_goes_on(self, people, answered, approver2):
        decide(people, ask(answered(upheld=True), by=people.owner), False, approver2)
        assert dossier("P2").status == Status.ON_NOTICE
        told = Message.objects.filter(kind="objection.review_rejected")
        assert people.owner in {m.recipient for m in told}

    def test_another_objection_holds_it_still(self, people, answered, approver2, noticed):
        review = ask(answered(upheld=False))
        second = objected(noticed)
        objections.accept_objection(
            objection=second, finding="署名真实，线索具体，予以受理。", by=people.officer
        )
        decide(people, review, False, approver2)
        assert dossier("P2").status == Status.OBJECTION_HOLD

    def test_an_upheld_one_holds_it_while_another_is_answered(self, people, answered, noticed):
        second = objected(noticed)
        objections.accept_objection(
            objection=second, finding="署名真实，线索具体，予以受理。", by=people.officer
        )
        answered(upheld=True)
        objection_answers.answer_objection(
            objection=second, upheld=False, answer="经核查，不属实，予以驳回。", by=people.approver
        )
        assert dossier("P2").status == Status.OBJECTION_HOLD

    def test_awarded_meanwhile_the_decision_stands_and_the_award_is_ended_by_hand(
        self, people, answered, approver2, noticed
    ):
        row = answered(upheld=False)
        stages.pass_day(noticed.ends_on)
        decisions.award(call=noticed.call, by=people.approver)
        review = ask(row)
        assert dossier("P2").status == Status.AWARDED
        decide(people, review, True, approver2)
        assert Award.objects.get(application__title="P2").revoked_at is None

    def test_the_minutes_are_of_a_meeting_since_it_was_asked_for(
        self, people, answered, approver2, noticed
    ):
        review = ask(answered(upheld=False))
        other = stages.minutes(people, stages.ranked(people), number="9号")
        with pytest.raises(Invalid) as found:
            decide(people, review, False, approver2, minutes=other)
        assert found.value.field == "minutes"
        with pytest.raises(Invalid) as found:
            decide(people, review, False, approver2, decision="否")
        assert found.value.field == "decision"

    def test_the_database_holds_who_decides(self, people, answered, noticed):
        ask(answered(upheld=False))
        kept = stages.minutes(people, noticed.call, number="3号")
        statement = (
            "UPDATE awards_objectionreview SET status = 'upheld', minutes_id = %s, decision = 'x',"
            " decided_at = now(), decided_by_id = %s"
        )
        for person in (people.approver, people.officer):
            assert "and by another" in refused(statement, kept.pk, person.pk)

    @pytest.mark.django_db(transaction=True)
    def test_two_decide_at_one_instant(self, people, answered, approver2):
        review = ask(answered(upheld=False))
        kept = stages.minutes(people, review.objection.notice.call, number="3号")
        got = race(
            [
                lambda u=u: objection_reviews.decide_review(
                    review=review, upheld=u, minutes=kept, decision=DECIDED, by=approver2
                )
                for u in (True, False) * 2
            ]
        )
        assert sorted(type(one).__name__ for one in got) == ["ObjectionReview"] + ["WrongState"] * 3
        status = ObjectionReview.objects.get().status
        after = {"upheld": Status.DISQUALIFIED, "rejected": Status.ON_NOTICE}
        assert dossier("P2").status == after[status]

    @pytest.mark.django_db(transaction=True)
    def test_asked_for_twice_at_one_instant(self, answered):
        row = answered(upheld=False)
        got = race([lambda: ask(row) for _ in range(4)])
        assert sorted(type(one).__name__ for one in got) == ["ObjectionReview"] + ["WrongState"] * 3


class TestPages:
    def test_the_objector_follows_it_and_asks(self, people, answered, client_of, approver2):
        row = answered(upheld=False)
        stages.pass_day(clock.today())
        client, url = client_of(None), reverse("awards:follow_objection")
        code = query_code(row)
        guesses = (row.number, IDENTITY), (row.number, f"{code[:-1]}="), ("2026-1-N1-O9", code)
        for number, guess in guesses:
            answer = client.post(url, {"number": number, "code": guess})
            assert answer.status_code == 422
            assert "经现场核查" not in answer.content.decode()
        sent = {"number": f" {row.number.lower()} ", "code": code.lower().replace("-", " ")}
        page = client.post(url, sent, follow=True).content.decode()
        assert "经现场核查，已有结论。" in page
        assert code in page
        asks = reverse("awards:ask_review")
        assert asks in page
        assert client.post(asks, {"text": "不服"}).status_code == 422
        assert client.post(asks, {"text": WHY}).status_code == 302
        assert client_of(None).post(asks, {"text": WHY}).status_code == 302
        assert ObjectionReview.objects.count() == 1
        office = reverse("awards:objection", args=[row.pk])
        decides = reverse("awards:decide_review", args=[row.pk])
        shown = {
            role: client_of(getattr(people, role)).get(office).content.decode()
            for role in ("officer", "approver")
        }
        assert [code in shown[role] for role in ("officer", "approver")] == [True, False]
        assert decides not in shown["approver"]
        assert office in [one.url for one in waiting_for(approver2, clock.now())]
        assert "尚未登记" in client_of(approver2).get(office).content.decode()
        kept = stages.minutes(people, row.notice.call, number="3号")
        assert decides in client_of(approver2).get(office).content.decode()
        assert client_of(approver2).post(decides, {"decision": "否"}).status_code == 422
        sent = {"minutes": kept.pk, "decision": DECIDED, "upheld": "1"}
        assert client_of(people.approver).post(decides, sent).status_code == 403
        assert client_of(approver2).post(decides, sent).status_code == 302
        assert dossier("P2").status == Status.DISQUALIFIED

    def test_the_firm_reads_the_answer_and_asks_without_learning_who(
        self, people, answered, client_of, editor
    ):
        row = answered(upheld=True)
        asks = reverse("awards:ask_firm_review", args=[row.pk])
        page = reverse("applications:dossier", args=[row.application_id])
        own = client_of(people.owner)
        texts = [own.get(page).content.decode(), own.get(asks).content.decode()]
        assert asks in texts[0]
        assert "经现场核查，已有结论。" in texts[0]
        secrets = NAME, IDENTITY, CONTACT, query_code(row)
        assert [s for s in secrets for text in texts if s in text] == []
        assert asks not in client_of(editor).get(page).content.decode()
        assert client_of(editor).post(asks, {"text": WHY}).status_code == 403
        assert client_of(people.secretary).get(asks).status_code == 404
        assert own.post(asks, {"text": ""}).status_code == 422
        assert own.post(asks, {"text": WHY}).status_code == 302
        assert ObjectionReview.objects.get().asked_by == people.owner
