"""申请回避: a firm names up to three persons; its own people read it, no other reader does."""

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from applications import reading, sections
from applications.crosschecks import contradictions
from applications.models import Section
from applications.named import FIELDS, PLACES, field_of, frozen, named_in, plain, put_back, without
from applications.readiness import data_of, readiness_of
from applications.selectors.dossiers import live_files
from applications.services import corrections, dossiers
from applications.services.dossiers import SectionInvalid
from audit.models import Event
from audit.refusals import Invalid
from tests.applications import filling

WHOM = {
    "named_1_name": "欧阳 竞秀",
    "named_1_employer": "吉林工业大学（南岭校区）",
    "named_1_reason": "与本公司在同一产品上有专利诉讼。",
}
typed = st.dictionaries(st.sampled_from(sorted(FIELDS)), st.text(min_size=1, max_size=5))


def name_somebody(application, by, **more):
    return filling.save(application, "commitment", by, **{**WHOM, **more})


@pytest.fixture
def naming(complete, applicant):
    """A complete draft that names one person."""
    name_somebody(complete, applicant)
    return complete


@pytest.fixture
def sent(naming, applicant):
    dossiers.submit(application=naming, commitment=True, by=applicant)
    naming.refresh_from_db()
    return naming


@given(typed)
def test_a_person_is_named_whole_or_not_at_all(data):
    found = {c.field for c in contradictions({"commitment": data}) if c.blocks}
    for place in PLACES:
        parts = [field_of(place, part) for part in ("name", "employer", "reason")]
        given_ = [name in data for name in parts]
        assert (any(name in found for name in parts if name not in data)) == (
            any(given_) and not all(given_)
        )


def test_nobody_is_named_twice():
    again = {f"named_3_{part}": WHOM[f"named_1_{part}"] for part in ("name", "employer", "reason")}
    again["named_3_name"] = "欧阳竞秀"
    [found] = contradictions({"commitment": WHOM | again})
    assert (found.field, found.blocks) == ("named_3_name", True)
    assert contradictions({"commitment": WHOM | again | {"named_3_employer": "别的单位"}}) == []


@given(typed)
def test_what_is_kept_apart_and_put_back_is_what_was_typed(data):
    whole = {**data, "signatory": "宋松源"}
    content = {
        "sections": {"market": {"tax_yuan": "1"}, "commitment": without(whole)},
        "commitment": {"named": frozen(whole)},
    }
    assert not FIELDS & set(content["sections"]["commitment"])
    back = put_back(content)
    assert back["market"] == {"tax_yuan": "1"}
    assert named_in(back["commitment"]) == named_in(whole)


@pytest.mark.parametrize(
    ("one", "other"),
    [("欧阳 竞秀", "欧阳竞秀"), ("阿依努尔·买买提", "阿依努尔•买买提"),
     ("ＷＡＮＧ Wei", "wang wei"), ("吉林大学(南岭)", "吉林大学（南岭）")],
)  # fmt: skip
def test_names_are_compared_without_their_dress(one, other):
    assert plain(one) == plain(other) != plain(one + "二")


@pytest.mark.django_db
def test_half_a_person_keeps_the_dossier_back(complete, applicant):
    name_somebody(complete, applicant, named_1_reason="")
    rows = list(Section.objects.filter(application=complete))
    [found] = readiness_of(complete, data_of(rows), live_files(complete)).blocking
    assert (found.section, found.field) == ("commitment", "named_1_reason")
    with pytest.raises(Invalid, match="1"):
        dossiers.submit(application=complete, commitment=True, by=applicant)


@pytest.mark.django_db
def test_a_submission_keeps_them_apart_from_what_others_read(sent):
    content = sent.submissions.get().content
    assert content["sections"]["commitment"] == filling.ANSWERS["commitment"]
    assert content["commitment"]["named"] == [
        {
            "place": 1,
            "name": WHOM["named_1_name"],
            "employer": WHOM["named_1_employer"],
            "reason": WHOM["named_1_reason"],
        }
    ]
    names = {}
    for whole in (
        reading.whole(content["sections"], names),
        reading.whole(put_back(content), names),
    ):
        assert "欧阳" not in str(whole)
    assert "欧阳 竞秀" in str(reading.whole(put_back(content), names, to_firm=True))


@pytest.mark.django_db
def test_they_stand_once_submitted(sent, applicant, region):
    corrections.return_to_firm(
        application=sent, reasons=[{"section": "market", "text": "请补充订单情况。"}], by=region
    )
    for changed in ({"named_1_name": "别人"}, {"named_2_name": "又一人"}):
        with pytest.raises(SectionInvalid) as refused:
            name_somebody(sent, applicant, **changed)
        assert set(refused.value.problems) == set(changed)
    name_somebody(sent, applicant, position="总经理")
    second = dossiers.submit(application=sent, commitment=True, by=applicant)
    first = sent.submissions.get(version=1)
    assert second.content["commitment"]["named"] == first.content["commitment"]["named"]
    assert "欧阳" not in str(reading.difference(first.content, second.content, {}))


@pytest.mark.django_db
def test_the_log_says_which_fields_changed_not_whom_they_name(sent):
    said = str(list(Event.objects.values_list("after", "before", "reason", "object_label")))
    assert "named_1_name" in said
    assert not [words for words in WHOM.values() if words in said]


@pytest.mark.django_db
@pytest.mark.parametrize("person", ["applicant", "editor", "viewer"])
def test_the_firms_people_read_whom_they_named(person, sent, client_of, request):
    client = client_of(request.getfixturevalue(person))
    page = client.get(f"/dossiers/{sent.pk}/").content.decode()
    assert [words for words in WHOM.values() if words not in page] == []


@pytest.mark.django_db
def test_the_check_page_shows_them_before_submitting(naming, client_of, applicant):
    page = client_of(applicant).get(f"/dossiers/{naming.pk}/check/").content.decode()
    assert [words for words in WHOM.values() if words not in page] == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "person", ["region", "officer", "approver", "supervisor", "finance", "applicant2"]
)
def test_nobody_else_reads_them_in_the_dossier(person, sent, client_of, request):
    client = client_of(request.getfixturevalue(person))
    pages = ["", "versions/", "edits/", "receipt/1/", "check/", "sections/commitment/"]
    urls = [f"/dossiers/{sent.pk}/{page}" for page in pages]
    checks = ("applications:recommendation_check", "applications:screening_dossier")
    for url in [*urls, *(reverse(name, args=[sent.pk]) for name in checks)]:
        body = client.get(url).content.decode()
        assert not [words for words in WHOM.values() if words in body], url


def test_every_field_of_the_firms_own_is_one_of_these():
    own = {f.name for spec in sections.SECTIONS for f in spec.fields if f.own}
    assert own == FIELDS
