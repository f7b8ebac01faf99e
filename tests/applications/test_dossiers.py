"""A dossier from its opening to its receipt: what the firm may do, and what is refused."""

from datetime import timedelta

import pytest
from django.db import connection

from accounts.services import firms, people
from applications.models import (
    Application,
    ApplicationUserObjectPermission,
    Attachment,
    Section,
)
from applications.services import attachments, dossiers
from applications.services.dossiers import SectionConflict, SectionInvalid
from applications.workflow import Status
from audit.models import Event
from audit.refusals import Invalid, NotPermitted, NotVisible, TooLate, WrongState
from notifications.models import Message
from tests.applications import filling
from tests.applications.test_submitting import close

pytestmark = pytest.mark.django_db


def test_a_second_tab_conflicts_and_nothing_is_overwritten(draft, applicant, editor):
    first = dossiers.save_section(
        application=draft, code="market", data={"market": "甲"}, version=0, by=applicant
    )
    assert first.version == 1
    with pytest.raises(SectionConflict) as conflict:
        dossiers.save_section(
            application=draft, code="market", data={"market": "乙"}, version=0, by=editor
        )
    assert conflict.value.current.data == {"market": "甲"}
    same = dossiers.save_section(
        application=draft, code="market", data={"market": "甲"}, version=0, by=editor
    )
    assert same.version == 1
    assert Section.objects.get(application=draft, code="market").data == {"market": "甲"}


@pytest.mark.parametrize(
    ("code", "field", "value"),
    [
        ("investment", "fixed_assets_yuan", "-1"),
        ("investment", "fixed_assets_yuan", "1e30"),
        ("investment", "fixed_assets_yuan", "NaN"),
        ("investment", "fixed_assets_yuan", "12.345"),
        ("investment", "requested_yuan", "0.01"),
        ("employment", "insured", "9999999"),
        ("land_permits", "permit_land", "maybe"),
        ("green", "energy_level", "best"),
        ("project", "project_code", "2401"),
        ("project", "starts_on", "2025-02-30"),
        ("market", "unheard_of", "1"),
    ],
)
def test_a_wrong_value_is_refused_by_field_and_changes_nothing(
    draft, applicant, code, field, value
):
    data = {
        **(filling.project(draft) if code == "project" else filling.ANSWERS[code]),
        field: value,
    }
    with pytest.raises(SectionInvalid) as refused:
        dossiers.save_section(application=draft, code=code, data=data, version=0, by=applicant)
    assert set(refused.value.problems) == {field}
    assert Section.objects.get(application=draft, code=code).version == 0


def test_the_dossier_follows_its_project_section(draft, applicant, region_of):
    filling.save(
        draft, "project", applicant, title="改名的项目", region="220500", industry="biopharma"
    )
    draft.refresh_from_db()
    assert (draft.title, draft.region, draft.industry.code) == (
        "改名的项目", region_of("220500"), "biopharma",
    )  # fmt: skip
    for field, value in (("region", "220100"), ("region", "220000"), ("industry", "none_such")):
        with pytest.raises(Invalid):
            filling.save(draft, "project", applicant, **{field: value})


def test_nobody_else_sees_or_fills_in_a_draft(
    draft, viewer, applicant2, officer, supervisor, sysadmin
):
    with pytest.raises(NotPermitted):
        filling.save(draft, "market", viewer)
    for stranger in (applicant2, officer, supervisor, sysadmin):
        with pytest.raises(NotVisible):
            filling.save(draft, "market", stranger)


def test_permissions_follow_the_membership(draft, firm, applicant, editor, viewer):
    def held(user):
        rows = ApplicationUserObjectPermission.objects.filter(user=user, content_object=draft)
        return {p.split("_")[0] for p in rows.values_list("permission__codename", flat=True)}

    assert held(applicant) == {"view", "edit", "submit"}
    assert held(editor) == {"view", "edit"}
    assert held(viewer) == {"view"}
    membership = firm.memberships.get(user=editor)
    firms.change_level(membership=membership, level="viewer", by=applicant)
    assert held(editor) == {"view"}
    firms.end_membership(membership=membership, by=applicant)
    assert held(editor) == set()
    with pytest.raises(NotVisible):
        filling.save(draft, "market", editor)


def test_a_dossier_is_opened_only_in_an_open_call_once_by_name(
    draft, call, firm, applicant, viewer, region_of
):
    values = {"call": call, "firm": firm, "region": draft.region, "industry": draft.industry}
    with pytest.raises(Invalid) as refused:
        dossiers.start_dossier(title=draft.title, by=applicant, **values)
    assert refused.value.field == "title"
    with pytest.raises(NotPermitted):
        dossiers.start_dossier(title="另一个项目", by=viewer, **values)
    with pytest.raises(Invalid):
        dossiers.start_dossier(
            title="区外项目", by=applicant, **{**values, "region": region_of("220100")}
        )
    close(call)
    with pytest.raises(TooLate):
        dossiers.start_dossier(title="另一个项目", by=applicant, **values)


def test_withdrawing_needs_a_reason_once_submitted(submitted, draft, applicant, region):
    with pytest.raises(Invalid):
        dossiers.withdraw(application=submitted, reason=" ", by=applicant)
    withdrawn = dossiers.withdraw(application=submitted, reason="改在明年申报。", by=applicant)
    assert withdrawn.status == Status.WITHDRAWN
    assert Message.objects.filter(kind="application.withdrawn").count() == 1
    with pytest.raises(WrongState):
        dossiers.withdraw(application=submitted, reason="再撤一次", by=applicant)
    event = Event.objects.get(action="application.withdraw")
    assert (event.source, event.target, event.reason) == (
        "submitted",
        "withdrawn",
        "改在明年申报。",
    )


def test_a_correction_is_a_new_version_beside_the_old(submitted, applicant, region):
    from applications.services import corrections

    corrections.return_to_firm(
        application=submitted,
        reasons=[{"section": "market", "text": "请补充订单情况。"}],
        by=region,
    )
    filling.save(submitted, "market", applicant, orders_percent="60")
    with pytest.raises(SectionInvalid):
        filling.save(submitted, "investment", applicant, requested_yuan="25000000")
    second = dossiers.submit(application=submitted, commitment=True, by=applicant)
    assert (second.version, second.receipt) == (2, f"{submitted.number}-2")
    submitted.refresh_from_db()
    assert submitted.status == Status.SUBMITTED
    first = submitted.submissions.get(version=1)
    assert first.content["sections"]["market"]["orders_percent"] == "55.0"
    assert second.content["sections"]["market"]["orders_percent"] == "60.0"
    assert not submitted.corrections.filter(answered_at__isnull=True).exists()


def test_a_submitted_dossier_is_frozen(submitted, applicant):
    with pytest.raises(WrongState):
        filling.save(submitted, "market", applicant, tax_yuan="9000000")
    with pytest.raises(WrongState):
        attachments.add_attachment(
            application=submitted, document="patents", upload=filling.pdf(), by=applicant
        )
    with pytest.raises(WrongState):
        attachments.remove_attachment(attachment=Attachment.objects.first(), by=applicant)


def test_every_step_leaves_one_event_and_the_witnesses_agree(submitted):
    from applications import witnessing

    steps = Event.objects.filter(
        object_id=str(submitted.pk), object_type="applications.application"
    )
    assert list(steps.exclude(target="").order_by("id").values_list("action", flat=True)) == [
        "application.start", "application.submit",
    ]  # fmt: skip
    for witness in (
        witnessing.submissions,
        witnessing.states,
        witnessing.calls,
        witnessing.files,
        witnessing.editions,
    ):
        assert list(witness()) == []
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute('UPDATE applications_submission SET content = content || \'{"title": "x"}\'')
        cursor.execute("UPDATE applications_application SET status = 'awarded'")
        cursor.execute("UPDATE applications_call SET status = 'scored'")
        cursor.execute("SET LOCAL session_replication_role = origin")
    assert len(list(witnessing.submissions())) == 1
    assert len(list(witnessing.states())) == 1
    assert list(witnessing.calls()) == [
        f"批次 {submitted.call.number}：现状态为 scored，日志记录为 published"
    ]


def test_a_dossier_survives_the_disabling_of_its_people(submitted, applicant, sysadmin):
    people.disable_user(user=applicant, reason="离职", by=sysadmin)
    applicant.refresh_from_db()
    assert Application.objects.get(pk=submitted.pk).submissions.count() == 1
    with pytest.raises(NotVisible):
        dossiers.withdraw(application=submitted, reason="x", by=applicant)


def test_the_time_of_a_correction_passes(submitted, applicant, region):
    from applications.services import corrections

    made = corrections.return_to_firm(
        application=submitted, reasons=[{"section": "", "text": "请补充材料。"}], by=region
    )
    made.due_at, made.provisional = made.requested_at + timedelta(microseconds=1), False
    made.save()
    with pytest.raises(TooLate):
        dossiers.submit(application=submitted, commitment=True, by=applicant)
    with pytest.raises(TooLate):
        filling.save(submitted, "market", applicant, tax_yuan="9000000")
