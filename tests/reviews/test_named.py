"""申请回避: whom a firm named the draw keeps from its dossier; namesakes wait for an officer."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from audit import clock
from audit.digests import canonical, sm3
from audit.models import Event
from audit.refusals import Invalid, NotPermitted, WrongState
from reviews import naming, witnessing
from reviews.models import Draw, Expert, NamedDecision, Recusal, Scribe, Seat
from reviews.selectors import certificates
from reviews.selectors import draws as reading
from reviews.selectors import naming as named_of
from reviews.services import draws, voiding
from reviews.services.naming import decide_named
from tests import making
from tests.reviews import round

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
VERIFY = Path(__file__).parents[2] / "script" / "verify-draw"
REASON = "与本公司就同一产品有专利诉讼。"


def person(expert, place=1, **more) -> dict:
    """The expert as a firm would name them."""
    return {
        "place": place,
        "name": expert.user.name,
        "employer": expert.employer.name,
        "reason": REASON,
        **more,
    }


def name(dossier, *persons, version=2):
    """The dossier's next version names these."""
    return making.submission(
        dossier, dossier.firm.memberships.get(level="owner").user, version=version, named=persons
    )


@pytest.fixture
def dossier(grouped):
    return round.dossiers(grouped)[0]


@pytest.fixture
def enemy(pool):
    """One of the three experts of technology."""
    return pool[0]


@pytest.fixture
def naming_one(kept, grouped, dossier, enemy):
    """The first dossier names one expert of the pool, by name and employer."""
    kept.build("naming_one", lambda: name(dossier, person(enemy)), on=("grouped",))
    return grouped


@pytest.fixture
def namesake(kept, grouped, dossier, enemy):
    """The first dossier names somebody of an expert's name at another employer."""
    kept.build(
        "namesake",
        lambda: name(dossier, person(enemy, employer="长春某设计院")),
        on=("grouped",),
    )
    return grouped


@pytest.fixture
def drawn(kept, naming_one, pool, officer, supervisor):
    """Drawn, with the expert who was named on the panel all the same, barred from one of eight
    dossiers: there are only two of technology for two seats.
    """

    def draw():
        Expert.objects.filter(pk=pool[1].pk).update(active=False)
        return round.drawn(naming_one, officer, supervisor)

    return kept.build("drawn_named", draw, on=("naming_one", "supervisor"))


def recusals(call) -> list[dict]:
    """Every pair that would be barred, with its ground."""
    return reading.grounds_of(reading.standing_basis(call, clock.today()))


def test_a_match_is_a_recusal_of_the_frozen_input(naming_one, dossier, enemy):
    pair = {"expert": enemy.pseudonym, "application": dossier.number}
    assert recusals(naming_one) == [pair | {"ground": "named"}]
    told = reading.build_input(naming_one, "X", "0" * 64)
    assert told["recusals"] == [pair | {"reason": "barred"}]
    assert told["grounds"] == sm3(b"0" * 64 + b":" + canonical([pair | {"ground": "named"}]))


def test_the_input_says_of_a_tie_and_of_a_naming_the_same(naming_one, enemy, firm, pool):
    pool[4].interests.create(organisation=firm, kind="kin", recorded_at=naming_one.created_at)
    assert {r["ground"] for r in recusals(naming_one)} == {"named", "kin"}
    told = reading.build_input(naming_one, "X", "0" * 64)
    assert {r["reason"] for r in told["recusals"]} == {"barred"}
    assert not any(f'"{ground}"' in json.dumps(told) for ground in ("named", "kin"))


def test_the_last_version_counts_and_a_stranger_bars_nobody(grouped, dossier, enemy, pool):
    name(dossier, person(enemy), person(pool[1], place=2))
    name(dossier, person(enemy, name="查无此人"), person(pool[1], place=2), version=3)
    assert [r["expert"] for r in recusals(grouped)] == [pool[1].pseudonym]


def test_a_tie_on_record_goes_before_what_the_firm_says(naming_one, enemy, firm):
    enemy.interests.create(organisation=firm, kind="share", recorded_at=naming_one.created_at)
    assert {r["ground"] for r in recusals(naming_one)} == {"share"}


def test_the_draw_keeps_the_expert_from_the_dossier_and_holds(drawn, dossier, enemy, tmp_path):
    seat = Seat.objects.get(draw=drawn, expert=enemy)
    states = dict(seat.assignments.values_list("application__number", "state"))
    assert states.pop(dossier.number) == "recused"
    assert set(states.values()) == {"to_declare"}
    row = Recusal.objects.get()
    assert (row.found, row.reason, row.recorded_by) == ("named", "named", None)
    assert list(witnessing.recusals()) == []
    assert draws.reproduce(drawn) == []
    certificate = certificates.certificate_of(drawn)
    assert REASON not in json.dumps(certificate, ensure_ascii=False)
    assert enemy.user.name not in json.dumps(certificate, ensure_ascii=False)
    assert "named" not in json.dumps(certificate)
    file = tmp_path / "draw.json"
    file.write_text(json.dumps(certificate), encoding="utf-8")
    run = subprocess.run([sys.executable, VERIFY, file], capture_output=True, check=False)
    assert (run.returncode, run.stderr) == (0, b"")


def test_a_namesake_waits_for_an_officer_before_the_draw(namesake, dossier, enemy, officer, house):
    assert recusals(namesake) == []
    assert named_of.undecided(namesake, reading.candidates(namesake)) == [(enemy.pk, dossier.pk)]
    with pytest.raises(WrongState, match="named persons"):
        draws.prepare_draw(call=namesake, by=officer)
    values = {"application": dossier, "expert": enemy}
    with pytest.raises(Invalid) as refused:
        decide_named(**values, same=True, reason="是", by=officer)
    assert refused.value.field == "reason"
    decide_named(**values, same=True, reason="电话核实，本年调入新单位", by=officer)
    assert [r["ground"] for r in recusals(namesake)] == ["named"]
    decide_named(**values, same=False, reason="再次核实，系同名", by=officer)
    assert recusals(namesake) == []
    assert draws.prepare_draw(call=namesake, by=officer).status == "prepared"
    told = Event.objects.filter(action="named.decide").order_by("pk")
    assert [(e.after["same"], e.reason) for e in told] == [
        (True, "电话核实，本年调入新单位"),
        (False, "再次核实，系同名"),
    ]
    with pytest.raises(WrongState, match="frozen"):
        decide_named(**values, same=True, reason="电话核实，本年调入", by=officer)


def test_who_may_decide_and_on_whom(namesake, dossier, enemy, pool, supervisor, officer, applicant):
    for somebody in (supervisor, applicant):
        with pytest.raises(NotPermitted):
            decide_named(
                application=dossier, expert=enemy, same=True, reason="电话核实", by=somebody
            )
    with pytest.raises(Invalid) as refused:
        decide_named(application=dossier, expert=pool[1], same=True, reason="电话核实", by=officer)
    assert refused.value.field == "expert"
    name(dossier, person(enemy), version=3)
    with pytest.raises(WrongState, match="agree"):
        decide_named(application=dossier, expert=enemy, same=False, reason="系同名者", by=officer)
    assert NamedDecision.objects.count() == 0


def test_no_path_alters_a_decision(namesake, dossier, enemy, officer):
    decide_named(application=dossier, expert=enemy, same=False, reason="系同名者", by=officer)
    for change in (
        lambda: NamedDecision.objects.update(same=True),
        lambda: NamedDecision.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_a_recusal_outlives_a_draw_that_was_voided(drawn, dossier, enemy, officer, supervisor):
    voiding.void_draw(draw=drawn, reason="专家库数据有误，重新抽取", by=supervisor)
    name(dossier, person(enemy, employer="长春某设计院"), version=3)
    with pytest.raises(WrongState, match="earlier draw"):
        decide_named(application=dossier, expert=enemy, same=False, reason="系同名者", by=officer)
    assert [r["ground"] for r in recusals(drawn.call)] == ["named"]


def test_the_supply_report_says_when_naming_leaves_a_seat_empty(grouped, dossier, pool):
    """Three of three technology experts are named by two dossiers each: none may sit."""
    technology = pool[:3]
    for row in round.dossiers(grouped)[:2]:
        name(row, *(person(e, place=n) for n, e in enumerate(technology, start=1)))
    short = reading.supply_report(grouped)
    assert [(s.seat, s.cause, s.named) for s in short] == [("technology", "recusals", True)]
    # a pool without another kind is not the firms' doing
    Expert.objects.filter(kinds__contains=["finance"]).update(active=False)
    told = {s.seat: s.named for s in reading.supply_report(grouped)}
    assert told == {"technology": True, "finance": False}


# --- The grounds, kept beside the draw ------------------------------------------------------------


def test_the_supervisor_alone_reads_the_grounds(
    drawn, dossier, enemy, officer, supervisor, client_of
):
    url = reverse("reviews:draw_grounds", args=[drawn.number])
    page = client_of(supervisor).get(url)
    assert page.context["holds"]
    assert [(r["expert"], r["application"], r["ground"]) for r in page.context["rows"]] == [
        (enemy.pseudonym, dossier.number, "named")
    ]
    assert drawn.input["grounds"] in page.content.decode()
    assert client_of(officer).get(url).status_code == 403
    assert (
        url
        in client_of(supervisor).get(reverse("reviews:draw", args=[drawn.number])).content.decode()
    )


def test_an_auditor_opens_the_grounds(drawn, dossier, enemy):
    out = io.StringIO()
    call_command("open_grounds", drawn.number, stdout=out)
    assert out.getvalue() == f"{enemy.pseudonym} {dossier.number} named\nsalt {drawn.salt}\n"
    with pytest.raises(CommandError, match="no draw 2099"):
        call_command("open_grounds", "2099-1-D1")


def test_grounds_altered_afterwards_are_found(drawn, supervisor, client_of):
    assert list(witnessing.draws()) == []
    with pytest.raises(DatabaseError), transaction.atomic():
        Draw.objects.filter(pk=drawn.pk).update(grounds=[])
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "UPDATE reviews_draw SET grounds = replace(grounds::text, 'named', 'kin')::jsonb"
        )
        cursor.execute("SET LOCAL session_replication_role = origin")
    [line] = witnessing.draws()
    assert drawn.number in line and "grounds" in line
    page = client_of(supervisor).get(reverse("reviews:draw_grounds", args=[drawn.number]))
    assert not page.context["holds"]
    with pytest.raises(CommandError, match="not the grounds"):
        call_command("open_grounds", drawn.number, stdout=io.StringIO())


# --- The page ------------------------------------------------------------------------------------


def test_the_office_sees_who_was_named_and_decides(namesake, dossier, enemy, officer, client_of):
    client, url = client_of(officer), reverse("reviews:named", args=[namesake.number])
    page = client.get(url).content.decode()
    for words in (REASON, enemy.pseudonym, "长春某设计院", enemy.employer.name):
        assert words in page
    prepare = client.get(reverse("reviews:draw_prepare", args=[namesake.number]))
    assert prepare.context["namesakes"] == 1 and url in prepare.content.decode()
    decide = reverse("reviews:decide_named", args=[namesake.number, dossier.pk, enemy.pseudonym])
    assert client.post(decide, {"same": "yes"}).status_code == 422
    sent = client.post(decide, {"same": "yes", "reason": "电话核实，本年调入新单位"})
    assert (sent.status_code, sent["Location"]) == (302, url)
    assert NamedDecision.objects.get().same
    assert client.get(url).context["undecided"] == 0
    unknown = reverse("reviews:decide_named", args=[namesake.number, dossier.pk, "E9999"])
    assert client.get(unknown).status_code == 404


def test_the_supervisor_reads_and_does_not_decide(namesake, dossier, enemy, supervisor, client_of):
    client = client_of(supervisor)
    page = client.get(reverse("reviews:named", args=[namesake.number]))
    assert REASON in page.content.decode() and not page.context["changeable"]
    decide = reverse("reviews:decide_named", args=[namesake.number, dossier.pk, enemy.pseudonym])
    assert client.post(decide, {"same": "no", "reason": "系同名者"}).status_code == 403


def test_who_may_not_decide_is_told_who_does_and_sees_no_form(
    namesake, dossier, enemy, officer, officer2, client_of
):
    address = reverse("reviews:decide_named", args=[namesake.number, dossier.pk, enemy.pseudonym])
    answer = {"same": "yes", "reason": "电话核实，本年调入新单位"}
    assert "form-acts" in client_of(officer).get(address).content.decode()
    panel = namesake.panels.get()
    Scribe.objects.create(
        panel=panel,
        user=officer,
        reason="纸质评分",
        appointed_by=officer2,
        appointed_at=clock.now(),
    )
    client = client_of(officer)
    page = client.get(address).content.decode()
    assert "您是本批次的录入员" in page
    assert "form-acts" not in page
    assert client.post(address, answer).status_code == 403
    decide_named(application=dossier, expert=enemy, same=True, reason="电话核实", by=officer2)
    draws.prepare_draw(call=namesake, by=officer2)
    client = client_of(officer2)
    page = client.get(address).content.decode()
    assert "候选名单已冻结" in page
    assert "form-acts" not in page
    assert client.post(address, answer).status_code == 409
    assert NamedDecision.objects.count() == 1


def test_the_page_costs_the_same_for_one_and_for_many(
    naming_one, pool, officer, client_of, django_assert_max_num_queries
):
    client, url = client_of(officer), reverse("reviews:named", args=[naming_one.number])
    client.get(url)
    for row in round.dossiers(naming_one)[1:]:
        name(row, *(person(e, place=n) for n, e in enumerate(pool[2:5], start=1)))
    with django_assert_max_num_queries(12):
        assert client.get(url).context["page"].paginator.count == 22


# --- Matching ------------------------------------------------------------------------------------


def candidates(*pairs):
    return naming.by_name(naming.Candidate(n, *pair) for n, pair in enumerate(pairs))


@pytest.mark.parametrize(
    ("employer", "pool_", "found"),
    [
        ("甲院", [("王工", "甲 院")], [(0, True)]),
        ("甲院", [("王工", "乙院")], [(0, False)]),
        ("甲院", [("王工", "甲院"), ("王工", "乙院")], [(0, True)]),
        ("甲院", [("王工", "甲院"), ("王 工", "甲院")], [(0, True), (1, True)]),
        ("", [("王工", "乙院")], [(0, True)]),
        ("", [("王工", "甲院"), ("王工", "乙院")], [(0, False), (1, False)]),
        ("甲院", [("汪工", "甲院")], []),
    ],
)
def test_who_is_meant(employer, pool_, found):
    meant = naming.Named(1, "王工", employer, REASON)
    assert [(c.expert, sure) for c, sure in naming.matches(meant, candidates(*pool_))] == found
