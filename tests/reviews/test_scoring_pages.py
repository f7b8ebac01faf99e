"""The expert's pages: what they show, to whom, and at what cost."""

import re

import pytest
from django.db import connection
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from applications import reading
from reviews.forms.marks import fingerprint, overall_fingerprint, slug
from reviews.models import Assignment, Mark
from reviews.selectors.sheets import sheet_of
from reviews.views.expert_desk import UNSHOWN
from tests.reviews import table

pytestmark = pytest.mark.django_db


def typed(row: Assignment, **changed) -> dict[str, str]:
    """The page's form as it is drawn, with some fields typed over."""
    marks = {m.leaf: m for m in row.marks.all()}
    data = {
        "overall": row.overall_comment,
        "overall-version": str(row.overall_version),
        "overall-was": overall_fingerprint(row.overall_comment),
    }
    for leaf in sheet_of(row.panel).expert_leaves():
        mark, name = marks.get(leaf.code), slug(leaf.code)
        data |= {
            f"{name}-tier": "" if mark is None or mark.tier is None else str(mark.tier),
            f"{name}-score": "" if mark is None or mark.score is None else f"{mark.score:.2f}",
            f"{name}-comment": mark.comment if mark else "",
            f"{name}-version": str(mark.version if mark else 0),
            f"{name}-was": fingerprint(mark.tier, mark.score, mark.comment)
            if mark
            else fingerprint(None, None, ""),
        }
    return data | {k.replace("_", "-"): v for k, v in changed.items()}


def test_the_invitation_shows_no_dossier(client_of, panel, expert):
    table.seat(panel, expert, state="invited")
    text = client_of(expert).get("/my-reviews/").content.decode()
    assert "号智能产线项目" not in text
    assert panel.places.first().application.firm.name not in text


def test_declaring_shows_title_and_firm_and_opens(client_of, seat, expert):
    client = client_of(expert)
    rows = list(seat.assignments.order_by("pk"))
    address = reverse("reviews:declare", args=[seat.pk])
    page = client.get(address).content.decode()
    assert all(f"第{n}号智能产线项目" in page for n in (1, 2, 3))
    assert "建设智能产线" not in page  # nothing of the content
    for row in rows:
        assert client.get(reverse("reviews:score", args=[row.pk])).status_code == 404
        assert client.get(f"/dossiers/{row.application_id}/").status_code == 404
    answer = client.post(address, {"rest": "1", "promise": "1"})
    assert answer.status_code == 302
    assert set(seat.assignments.values_list("state", flat=True)) == {"open"}
    for row in rows:
        assert client.get(reverse("reviews:score", args=[row.pk])).status_code == 200
        # read beside the sheet, without the firm's contacts
        assert client.get(f"/dossiers/{row.application_id}/").status_code == 404


def test_the_parts_stand_in_the_order_of_their_numbers(client_of, opened, expert):
    page = client_of(expert).get(reverse("reviews:score", args=[opened[0].pk])).content.decode()
    headings = re.findall(r'<h2 class="[^"]*" id="part-[^"]*">(\d+)\.', page)
    assert headings == [str(n) for n in range(1, 11)]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_firms_contacts_are_left_out_in_every_language(language):
    firm = {"legal_representative": "甲某", "contact_name": "乙某", "contact_phone": "0434-5550123"}
    with translation.override(language):
        sections = reading.whole({"firm": firm}, {}, without=UNSHOWN)
        values = [str(value) for section in sections for _label, value in section["rows"]]
    assert "甲某" in values
    assert not {"乙某", "0434-5550123"} & set(values)


def test_an_incomplete_declaration_sends_nothing(client_of, seat, expert):
    address = reverse("reviews:declare", args=[seat.pk])
    first = seat.assignments.order_by("pk").first()
    answer = client_of(expert).post(
        address, {f"answer-{first.pk}": "conflict", f"reason-{first.pk}": "亲属任职"}
    )
    assert answer.status_code == 422
    assert "亲属任职" in answer.content.decode()
    assert set(seat.assignments.values_list("state", flat=True)) == {"to_declare"}


def test_a_stranger_finds_nothing(client_of, opened, seat, experts, applicant, officer, supervisor):
    table.expert(experts[0])
    addresses = [
        reverse("reviews:score", args=[opened[0].pk]),
        reverse("reviews:step_aside", args=[opened[0].pk]),
        reverse("reviews:decline_seat", args=[seat.pk]),
        reverse("reviews:declare", args=[seat.pk]),
        reverse("reviews:my_marks", args=[seat.pk]),
        reverse("reviews:sign", args=[seat.pk]),
    ]
    for person in (experts[0], applicant, officer, supervisor):
        client = client_of(person)
        assert [client.get(a).status_code for a in addresses] == [404] * len(addresses)
        post = reverse("reviews:autosave", args=[opened[0].pk])
        assert client.post(post, typed(opened[0], Q1_2_score="3")).status_code == 404
    assert Mark.objects.count() == 0


def test_a_page_of_marks_is_saved_and_finished(client_of, opened, expert):
    row, client = opened[0], client_of(expert)
    address = reverse("reviews:score", args=[row.pk])
    answer = client.post(address, typed(row, Q1_2_tier="1", then=""))
    assert answer.status_code == 302
    mark = row.marks.get(leaf="Q1.2")
    assert (mark.tier, str(mark.score), mark.version) == (1, "4.00", 1)  # the tier's base
    data = typed(row)
    for name in ("Q3-1", "Q4-1", "Q5-2", "J4-2"):
        data[f"{name}-tier"] = "0"
    answer = client.post(address, data | {"then": "finish"})
    assert answer.headers["Location"] == reverse("reviews:score", args=[opened[1].pk])
    row.refresh_from_db()
    assert row.state == "finished"


def test_grounds_are_asked_for_off_the_base(client_of, opened, expert):
    row, client = opened[0], client_of(expert)
    answer = client.post(
        reverse("reviews:autosave", args=[row.pk]),
        typed(row, Q3_1_tier="1", Q3_1_score="5.60", Q3_1_comment="国内先进"),
    )
    page = answer.content.decode()
    assert answer.status_code == 200
    assert 'id="say-Q3-1"' in page
    assert "16" in re.search(r'id="say-Q3-1".*?</div>', page, re.DOTALL)[0]  # 20 less 4 characters


def test_it_stands_among_the_own_dossiers_that_are_scored(client_of, opened, expert, english):
    """Best of its own shown; nobody else's marks, nothing before there are two."""
    client = client_of(expert)
    client.cookies["django_language"] = "en"

    def shown(row):
        page = client.get(reverse("reviews:score", args=[row.pk])).content.decode()
        found = re.search(r"Among my own, ([\d.]+–[\d.]+)</dt><dd[^>]*>([^<]+)</dd>", page)
        return found and found.groups()

    table.finished(opened[0], tier=1)
    assert shown(opened[0]) is shown(opened[1]) is None
    table.finished(opened[1])
    low, high = sorted(row.marks.aggregate(n=Sum("score"))["n"] for row in opened[:2])
    assert shown(opened[0]) == (f"{high}–{high}", "No. 2 of 2")
    assert shown(opened[1]) == (f"{low}–{low}", "No. 1 of 2")
    table.finished(opened[2], tier=1)
    assert shown(opened[2]) == (f"{low}–{high}", "No. 2 of 3 (level with 1)")


def test_what_cannot_be_is_refused_and_kept_typed(client_of, opened, expert):
    row, client = opened[0], client_of(expert)
    wrong = {"Q1_2_score": "9", "Q3_1_score": "五分", "Q4_1_score": "1.234", "Q5_2_tier": "7"}
    answer = client.post(reverse("reviews:score", args=[row.pk]), typed(row, **wrong))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert all(f'value="{wrong[k]}"' in page for k in ("Q1_2_score", "Q3_1_score", "Q4_1_score"))
    assert Mark.objects.count() == 0
    # autosave keeps what can be kept
    answer = client.post(
        reverse("reviews:autosave", args=[row.pk]),
        typed(row, **wrong, J4_2_tier="0", J4_2_score="２．００"),
    )
    assert answer.status_code == 422
    assert [(m.leaf, str(m.score)) for m in Mark.objects.all()] == [("J4.2", "2.00")]


def test_two_windows_lose_nothing(client_of, opened, expert):
    row, client = opened[0], client_of(expert)
    autosave = reverse("reviews:autosave", args=[row.pk])
    one, other = typed(row), typed(row)
    client.post(autosave, one | {"Q1-2-tier": "0", "Q1-2-score": "6.00"})
    # the other window touches another item: no clash
    answer = client.post(autosave, other | {"Q3-1-tier": "0", "Q3-1-score": "7.00"})
    assert answer.status_code == 200
    assert {m.leaf: str(m.score) for m in row.marks.all()} == {"Q1.2": "6.00", "Q3.1": "7.00"}
    # and must not be told the version of what it did not see
    assert 'id="version-Q1-2"' not in answer.content.decode()
    clash = other | {"Q1-2-tier": "1", "Q1-2-score": "4.00", "then": "finish"}
    assert client.post(autosave, clash).status_code == 409
    page = client.post(reverse("reviews:score", args=[row.pk]), clash)
    assert page.status_code == 409
    assert row.marks.get(leaf="Q1.2").score == 6
    fields = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', page.content.decode()))
    for choice, score in (("theirs", "6.00"), ("mine", "4.00")):
        client.post(
            reverse("reviews:score", args=[row.pk]), fields | {"Q1-2-choice": choice, "then": ""}
        )
        assert str(row.marks.get(leaf="Q1.2").score) == score


def test_the_signed_sheet_is_read_only(client_of, opened, seat, expert):
    for row in opened:
        table.finished(row)
    client = client_of(expert)
    page = client.get(reverse("reviews:sign", args=[seat.pk])).content.decode()
    digest = re.search(r'name="digest" value="([0-9a-f]{64})"', page)[1]
    answer = client.post(reverse("reviews:sign", args=[seat.pk]), {"digest": "0" * 64})
    assert seat.expert.sheets.count() == 0  # another digest than the one shown
    answer = client.post(reverse("reviews:sign", args=[seat.pk]), {"digest": digest})
    assert answer.status_code == 302
    assert seat.expert.sheets.get().digest == digest
    assert digest in client.get(reverse("reviews:my_marks", args=[seat.pk])).content.decode()
    page = client.get(reverse("reviews:score", args=[opened[0].pk])).content.decode()
    assert 'id="sheet"' not in page
    answer = client.post(
        reverse("reviews:score", args=[opened[0].pk]), typed(opened[0], Q1_2_score="1.00")
    )
    assert answer.status_code == 409
    assert opened[0].marks.get(leaf="Q1.2").score == 6
    assert client.get(reverse("reviews:step_aside", args=[opened[0].pk])).status_code == 404


def test_leaving_a_dossier_closes_it(client_of, officer, firm, expert):
    panel = table.panel(officer, firm, rules={"max_single_recusals_percent": 100})
    row, other, _third = table.declared(table.seat(panel, expert))
    table.finished(row)
    client = client_of(expert)
    address = reverse("reviews:step_aside", args=[row.pk])
    assert client.post(address, {"ground": "unable", "reason": "不"}).status_code == 422
    row.refresh_from_db()
    assert row.state == "finished"
    answer = client.post(address, {"ground": "unable", "reason": "专业不符，无法判断"})
    assert answer.status_code == 302
    row.refresh_from_db()
    recusal = row.panel.recusals.get()
    assert (row.state, recusal.found, recusal.reason) == ("recused", "unable", "专业不符，无法判断")
    assert row.marks.count() == 5
    assert client.get(reverse("reviews:score", args=[row.pk])).status_code == 404
    assert client.get(f"/dossiers/{row.application_id}/").status_code == 404
    assert client.get(reverse("reviews:score", args=[other.pk])).status_code == 200


def counted(act, expected: int) -> int:
    """How many queries an act takes; a test's savepoints stand for transactions of their own."""
    with CaptureQueriesContext(connection) as captured:
        answer = act()
    assert answer.status_code == expected
    return sum("SAVEPOINT" not in q["sql"] for q in captured)


def walk_through(client, panel, user) -> dict[str, int]:
    """The queries of every page and post on an expert's way."""
    seat = table.seat(panel, user)
    counts = {}
    declare = reverse("reviews:declare", args=[seat.pk])
    counts["declare form"] = counted(lambda: client.get(declare), 200)
    last = seat.assignments.order_by("application__place__order").last()
    answers = {f"answer-{last.pk}": "conflict", f"kind-{last.pk}": "kin"}
    answers |= {f"reason-{last.pk}": "近亲属任职", "rest": "1", "promise": "1"}
    counts["declare"] = counted(lambda: client.post(declare, answers), 302)
    rows = list(
        Assignment.objects.filter(seat=seat, state="open")
        .select_related("panel__call", "expert__user")
        .order_by("pk")
    )
    for other in rows[1:]:
        table.finished(other)
    row = rows[0]
    page = reverse("reviews:score", args=[row.pk])
    counts["list"] = counted(lambda: client.get("/my-reviews/"), 200)
    counts["sheet"] = counted(lambda: client.get(page), 200)
    save = reverse("reviews:autosave", args=[row.pk])
    first = typed(row, Q1_2_tier="0", Q1_2_score="6.00", overall="总体可行")
    counts["autosave"] = counted(lambda: client.post(save, first), 200)
    all_tiers = {f"{c}-tier": "0" for c in ("Q1-2", "Q3-1", "Q4-1", "Q5-2", "J4-2")}
    full = typed(Assignment.objects.get(pk=row.pk), overall="总体很好") | all_tiers
    full |= {"Q1-2-score": "", "Q1-2-comment": "改", "then": "finish"}
    counts["finish"] = counted(lambda: client.post(page, full), 302)
    counts["marks"] = counted(lambda: client.get(reverse("reviews:my_marks", args=[seat.pk])), 200)
    sign = reverse("reviews:sign", args=[seat.pk])
    counts["sign page"] = counted(lambda: client.get(sign), 200)
    digest = re.search(r'value="([0-9a-f]{64})"', client.get(sign).content.decode())[1]
    counts["sign"] = counted(lambda: client.post(sign, {"digest": digest}), 302)
    counts["locked sheet"] = counted(lambda: client.get(page), 200)
    return counts


def test_queries_are_few_and_do_not_grow(client_of, officer, firm, expert, experts):
    rules = {"max_single_recusals_percent": 100, "min_scores": 1}
    client = client_of(expert)
    client.get("/my-reviews/")
    small, large = (table.panel(officer, firm, dossiers=n, rules=rules) for n in (3, 25))
    for panel in (small, large):
        table.seat(panel, experts[0])  # who is left when the expert is recused
    few, many = walk_through(client, small, expert), walk_through(client, large, expert)
    posts = {"declare", "autosave", "finish", "sign"}
    assert {n: c for n, c in few.items() if c > (20 if n in posts else 15)} == {}
    assert few == many
