"""What each address of the site is tried with: the arguments, by the name of the case."""

from typing import Any

from accounts.models import AccessToken, Membership, Organisation, RoleGrant, User
from applications.models import (
    Application,
    Attachment,
    Call,
    CallStatus,
    CheckFinding,
    CreditRecord,
)
from applications.workflow import Status
from audit.models import Event
from awards.models import (
    AllocationNotice,
    AnswerLine,
    Award,
    CarryOver,
    Claim,
    ClaimFile,
    Deviation,
    Envelope,
    EnvelopeChange,
    FundingItem,
    Instalment,
    Minutes,
    Objection,
    ObjectionFile,
    PaymentBatch,
    PublicNotice,
    Settlement,
)
from calendars.models import CalendarYear
from notifications.models import Delivery, Job, Message
from reviews.models import (
    Assignment,
    Draw,
    Expert,
    Panel,
    PointsStatement,
    Seat,
    SheetImport,
    SiteCheck,
)
from secretaries.models import (
    OverdueInquiry,
    ServiceAssignment,
    ServiceRequest,
    ServiceSecretary,
    Visit,
    VisitPhoto,
)

Cases = dict[str, tuple[Any, ...]]
PLAIN: Cases = {"": ()}


def faces() -> dict[str, User | None]:
    """The cast as the house knows them; `expert2` has no seat in the call under review."""
    names = (
        "applicant", "applicant2", "editor", "viewer", "region", "officer", "supervisor",
        "approver", "finance", "secretary", "lead", "sysadmin", "secadmin", "auditor",
    )  # fmt: skip
    known: dict[str, User | None] = {name: User.objects.get(username=name) for name in names}
    seat = seat_at_work()
    unseated = Expert.objects.exclude(seats__draw=seat.draw).order_by("pk")
    return known | {
        "anonymous": None,
        "region2": User.objects.get(username="region_tonghua"),
        "expert": seat.expert.user,
        "expert2": unseated[0].user,
    }


def seat_at_work() -> Seat:
    """The seat of an expert who reads and marks in the call under review."""
    at_work = Assignment.objects.filter(
        state="open", seat__state="accepted", panel__call__status=CallStatus.IN_REVIEW
    )
    return at_work.order_by("pk")[0].seat


def dossiers() -> dict[str, Application]:
    """By what they are. The first applicant's: draft, submitted, review, project. Others' are the
    recommended one, a project elsewhere, one assigned to the expert, one the secretary serves."""
    mine = Application.objects.filter(firm__memberships__user__username="applicant")
    rows = {
        "draft": mine.get(status=Status.DRAFT),
        "submitted": mine.get(status=Status.SUBMITTED),
        "recommended": Application.objects.get(status=Status.RECOMMENDED),
        "review": mine.get(status=Status.UNDER_REVIEW),
        "project": mine.get(status=Status.IN_PROGRESS),
        "elsewhere": Application.objects.filter(
            status=Status.IN_PROGRESS, region__code__startswith="2205"
        )
        .exclude(region__code="220581")
        .order_by("pk")[0],
        "assigned": Assignment.objects.filter(seat=seat_at_work(), state="open")
        .exclude(application__firm__memberships__user__username="applicant")
        .order_by("pk")[0]
        .application,
    }
    rows["served"] = ServiceAssignment.objects.filter(
        secretary__user__username="secretary", valid_to=None
    )[0].application
    assert rows["served"] != rows["project"], "choose another seed"
    return rows


def signing_in() -> dict[str, Cases]:
    names = (
        "healthz", "readyz", "stay", "set_language", "account_login", "account_logout",
        "account_inactive", "account_signup", "account_email_verification_sent",
        "account_change_password", "account_set_password", "account_reset_password",
        "account_reset_password_done", "account_reset_password_from_key_done",
    )  # fmt: skip
    return dict.fromkeys(names, PLAIN) | {
        "account_confirm_email": {"unknown": ("nosuchkey",)},
        "account_reset_password_from_key": {"unknown": ("abc", "set-password")},
    }


def portal(calls: dict[str, Call]) -> dict[str, Cases]:
    names = (
        "home", "workbench", "search", "public_calls", "public_notices", "public_results",
        "verify", "verifier", "accessibility", "privacy", "trail", "verification",
    )  # fmt: skip
    numbers = {name: (call.number,) for name, call in calls.items()}
    noticed = {
        "paid": (PublicNotice.objects.order_by("pk")[0].number,),
        "review": numbers["review"],
    }
    results = {"paid": numbers["paid"], "review": numbers["review"]}
    letter = AllocationNotice.objects.order_by("pk")[0].pk
    drawn = {n: (Draw.objects.get(call=calls[n]).number,) for n in ("paid", "review")}
    return {f"portal:{name}": PLAIN for name in names} | {
        "portal:public_call": numbers,
        "portal:public_notice": noticed,
        "portal:notice_table": noticed,
        "portal:public_result": results,
        "portal:public_draw": drawn,
        "portal:draw_certificate": drawn,
        "portal:result_table": results,
        "portal:public_allocation": {"": (letter,)},
        "portal:allocation_table": {"": (letter,)},
        "portal:event": {"": (Event.objects.order_by("pk")[0].pk,)},
    }


def opendata(calls: dict[str, Call], rows: dict[str, Application]) -> dict[str, Cases]:
    names = ("about", "root", "description", "calls", "notices", "results", "award_list",
             "dossiers", "payments")  # fmt: skip
    notice = PublicNotice.objects.order_by("pk")[0].number
    both = {n: (calls[n].number,) for n in ("paid", "review")}
    return {f"opendata:{name}": PLAIN for name in names} | {
        "opendata:awards": {"": ("json",)},
        "opendata:awards_of_call": {n: (*args, "csv") for n, args in both.items()},
        "opendata:call": both | {"unpublished": (calls["unpublished"].number,)},
        "opendata:notice": {"paid": (notice,), "review": both["review"]},
        "opendata:result": both,
        "opendata:dossier": {n: (rows[n].pk,) for n in ("draft", "review", "project", "elsewhere")},
    }


def awards(calls: dict[str, Call], rows: dict[str, Application]) -> dict[str, Cases]:
    names = (
        "follow_objection", "ask_review", "envelope", "funding_list", "notices", "objections",
        "agreements", "payments", "batches",
    )  # fmt: skip
    numbers = {name: (calls[name].number,) for name in ("paid", "review")}
    on = {name: (calls[name].number,) for name in ("paid",)}
    notice = {"paid": (PublicNotice.objects.order_by("pk")[0].number,)}
    award = {n: Award.objects.get(application=rows[n]) for n in ("project", "elsewhere")}
    ended = Award.objects.get(clawback__settled_at__isnull=False)
    instalment = {n: (Instalment.objects.get(award=a, sequence=1).pk,) for n, a in award.items()}
    claim = {
        n: Claim.objects.filter(instalment__award=a).order_by("pk")[0] for n, a in award.items()
    }
    change = {"": (EnvelopeChange.objects.get(confirmed_at=None, refused_at=None).pk,)}
    carry = {"": (CarryOver.objects.get().pk,)}
    place = (CarryOver.objects.get().source.scheme.code, CarryOver.objects.get().source.year)
    batch = PaymentBatch.objects.order_by("pk")[0]
    open_row = AnswerLine.objects.filter(finding="unknown", settled=None).order_by("pk")[0]
    minutes = Minutes.objects.order_by("pk")[0]
    upheld = Objection.objects.filter(status="upheld").order_by("pk")[0]
    acts = (
        "draw_list", "deviate", "submit_list", "decide", "publish", "award", "allocate",
        "close_reserve", "close_call",
    )  # fmt: skip
    return (
        {f"awards:{name}": PLAIN for name in names}
        | {f"awards:{name}": on for name in acts}
        | {f"awards:{name}": instalment for name in (
            "instalment", "enter", "release", "record_paid", "claim_new")}
        | {f"awards:{name}": {n: (a.pk,) for n, a in [*award.items(), ("ended", ended)]}
           for name in ("acceptance", "progress", "ending", "clawback", "amendments")}
        | {
            "awards:confirm_ceiling": change,
            "awards:refuse_ceiling": change,
            "awards:ledger": {"": place},
            "awards:ledger_table": {"": (*place, "csv")},
            "awards:carry": {"": place},
            "awards:confirm_carry": carry,
            "awards:refuse_carry": carry,
            "awards:funding": numbers,
            "awards:minutes": numbers,
            "awards:minutes_file": {"": (minutes.pk,)},
            "awards:batch": {"": (batch.number,)},
            "awards:send_batch": {"": (batch.number,)},
            "awards:dissolve_batch": {"": (batch.number,)},
            "awards:batch_answer": {"": (batch.number,)},
            "awards:batch_table": {"": (batch.number, "csv")},
            "awards:reconciliation": {"": (batch.number,)},
            "awards:settle_difference": {"": (batch.number, "row", open_row.pk)},
            "awards:settlement": {"": (Settlement.objects.get(confirmed_at=None).pk,)},
            "awards:settle": {"": (Deviation.objects.order_by("pk")[0].pk,)},
            "awards:answer_part": {"": (FundingItem.objects.order_by("pk")[0].pk,)},
            "awards:lapse_part": {"": (FundingItem.objects.order_by("pk")[0].pk,)},
            "awards:take_off": {"project": (rows["project"].pk,)},
            "awards:objection": {"": (Objection.objects.order_by("pk")[0].pk,)},
            "awards:objection_file": {"": (ObjectionFile.objects.order_by("pk")[0].pk,)},
            "awards:ask_firm_review": {"": (upheld.pk,)},
            "awards:decide_review": {"": (upheld.pk,)},
            "awards:carry_out": {"": (upheld.pk,)},
            "awards:file_objection": notice,
            "awards:objection_filed": notice,
            "awards:agreement": {n: (a.agreement.pk,) for n, a in award.items()},
            "awards:agreement_document": {n: (a.agreement.pk,) for n, a in award.items()},
            "awards:allocation_document": {"": (award["project"].allocation_id,)},
            "awards:sign": {n: (a.agreement.pk,) for n, a in award.items()},
            "awards:draw_up": {"project": (award["project"].pk,)},
            "awards:audit_report": {"ended": (ended.acceptances.get().pk,)},
            "awards:signature": {n: (a.agreement.pk, "firm") for n, a in award.items()},
            "awards:claim": {n: (c.pk,) for n, c in claim.items()},
            "awards:claim_file": {
                n: (ClaimFile.objects.filter(claim=c).order_by("pk")[0].pk,)
                for n, c in claim.items()
            },
        }
    )  # fmt: skip


def secretaries(rows: dict[str, Application]) -> dict[str, Cases]:
    names = (
        "board", "profile_new", "my_projects", "requests", "inquiries", "rates", "numbers",
        "milestone_template", "quarter", "together",
    )  # fmt: skip
    both = {n: (rows[n].pk,) for n in ("project", "elsewhere", "served")}
    served = ServiceAssignment.objects.get(application=rows["project"], valid_to=None, role="lead")
    mine = ServiceSecretary.objects.get(user__username="secretary")
    return (
        {f"secretaries:{name}": PLAIN for name in names}
        | {f"secretaries:{name}": both for name in (
            "project", "record_visit", "request_new", "milestones", "handover")}
        | {f"secretaries:{name}": {"project": both["project"]} for name in ("appoint", "accept")}
        | {
            "secretaries:hand_over": {"project": (served.pk,)},
            "secretaries:backup": {"project": (served.pk,)},
            "secretaries:profile": {"": (mine.pk,)},
            "secretaries:appraisals": {"": (mine.pk,)},
            "secretaries:inquiry": {"": (OverdueInquiry.objects.order_by("pk")[0].pk,)},
            "secretaries:visit_photo": {
                n: (VisitPhoto.objects.get(visit__assignment__application=rows[n]).pk,)
                for n in both
            },
            "secretaries:leave": {"": (mine.pk,)},
            "secretaries:cancel_leave": {"": (mine.leaves.order_by("pk")[0].pk,)},
            "secretaries:confirm_visit": {
                n: (Visit.objects.get(assignment__application=rows[n], confirmed_at=None).pk,)
                for n in both
            },
            "secretaries:request": {
                n: (ServiceRequest.objects.filter(application=rows[n]).order_by("pk")[0].pk,)
                for n in both
            },
        }
    )  # fmt: skip


def reviews(calls: dict[str, Call], rows: dict[str, Application]) -> dict[str, Cases]:
    seat = seat_at_work()
    call, draw = calls["review"], Draw.objects.get(call=calls["review"])
    assigned = {"": (Assignment.objects.get(seat=seat, application=rows["assigned"]).pk,)}
    at_seat = {"": (seat.pk,)}
    expert = {"": (seat.expert.pseudonym,)}
    number = {"": (call.number,)}
    panel = Panel.objects.get(pk=seat.panel_id)
    at_panel = {"": (call.number, panel.number)}
    checked = SiteCheck.objects.get(application__call=calls["paid"])
    visited = {"": (checked.pk,)}
    typed_in = {"": (SheetImport.objects.get(seat=seat, kind="paper").pk,)}
    return (
        {f"reviews:{name}": PLAIN for name in (
            "my_reviews", "pool", "pool_admit", "panels", "draws", "ranking_list", "scribing",
            "site_checks")}
        | {f"reviews:{name}": assigned for name in ("score", "autosave", "step_aside")}
        | {f"reviews:{name}": at_seat for name in (
            "accept_seat", "decline_seat", "declare", "my_marks", "sign", "my_offline",
            "my_sheets", "scribe_seat", "seat_sheets")}
        | {f"reviews:{name}": typed_in for name in (
            "scribe_import", "return_import", "scribe_sign", "scan")}
        | {f"reviews:{name}": visited for name in (
            "site_check", "record_site_check", "add_site_evidence", "confirm_site_check",
            "return_site_check", "call_off_site_check", "own_site_check")}
        | {f"reviews:{name}": expert for name in ("expert", "expert_edit", "expert_tie")}
        | {f"reviews:{name}": number for name in (
            "call_panels", "form_panels", "draw_prepare", "progress", "open_scoring",
            "extend_scoring", "close_scoring", "compute_ranking", "propose_tie", "named",
            "shortfall_new")}
        | {f"reviews:{name}": {"": (draw.number,)} for name in (
            "draw", "draw_grounds", "draw_seal", "draw_reveal", "draw_press", "draw_void",
            "draw_certificate")}
        | {
            "reviews:move_dossier": {"": (call.number, rows["assigned"].pk)},
            "reviews:panel_seats": at_panel,
            "reviews:panel_offline": at_panel,
            "reviews:record_conflict": at_panel,
            "reviews:panel_sheets": at_panel,
            "reviews:my_import": {"unknown": (999_999,)},
            "reviews:pass_over": {"": (draw.number, seat.pk)},
            "reviews:call_site_checks": {n: (calls[n].number,) for n in ("paid", "review")},
            "reviews:order_site_checks": {n: (calls[n].number,) for n in ("paid", "review")},
            "reviews:site_evidence": {"": (checked.evidence.get().pk,)},
            "reviews:confirm_tie": {"unknown": (999_999,)},
            "reviews:decide_named": {
                "": (call.number, rows["assigned"].pk, seat.expert.pseudonym)
            },
            "reviews:shortfall": {"unknown": (999_999,)},
            "reviews:ranking": {n: (calls[n].number,) for n in ("paid", "review")},
            "reviews:ranking_entry": {
                "paid": (calls["paid"].number, rows["project"].pk),
                "review": (call.number, rows["review"].pk),
            },
            "reviews:certainty": {n: (calls[n].number,) for n in ("paid", "review")},
            "reviews:own_points": {n: (rows[n].pk,) for n in ("project", "elsewhere", "review")},
            "reviews:issue_statement": {
                n: (rows[n].pk,) for n in ("project", "elsewhere", "review")
            },
            "reviews:statement": {
                n: (PointsStatement.objects.get(entry__application=rows[n]).pk,)
                for n in ("project", "elsewhere")
            },
            "reviews:ranking_export": {
                n: (calls[n].number, "scores.csv") for n in ("paid", "review")
            },
        }
    )  # fmt: skip


def hearings(calls: dict[str, Call]) -> dict[str, Cases]:
    """The call in its hearing, beside one that has none; a dossier heard, one still to be."""
    call = calls["hearing"]
    first, last = call.shortlist.entries.filter(place__in=(1, 3)).order_by("place")
    seat = Seat.objects.filter(panel__call=call, state="accepted").order_by("pk")[0]
    numbers = {n: (calls[n].number,) for n in ("hearing", "review")}
    minutes = {
        "heard": (call.number, first.application_id),
        "to_hear": (call.number, last.application_id),
    }
    return {
        "reviews:hearing": numbers,
        "reviews:draw_up_shortlist": numbers,
        "reviews:sitting": {n: (*args, 1) for n, args in numbers.items()},
        "reviews:hearing_minutes": minutes,
        "reviews:correct_minutes": minutes,
        "reviews:decide_correction": minutes,
        "reviews:my_hearing": {"": (seat.pk,)},
        "reviews:sign_hearing": {"": (seat.pk,)},
    }


def dossier_pages(rows: dict[str, Application]) -> dict[str, Cases]:
    every = {n: (a.pk,) for n, a in rows.items()}
    few = {n: every[n] for n in ("draft", "review", "project", "elsewhere")}
    some = {n: every[n] for n in ("draft", "submitted")}
    sections = {n: (*args, "market") for n, args in some.items()}
    draft_file = Attachment.objects.get(application=rows["draft"])
    filed = {
        n: (Attachment.objects.filter(application=rows[n]).order_by("pk")[0].pk,)
        for n in ("submitted", "review", "assigned", "project", "elsewhere")
    }
    return {
        "applications:dossier_list": PLAIN,
        "applications:credit_list": PLAIN,
        "applications:credit_record": {"": (CreditRecord.objects.order_by("pk")[0].pk,)},
        "applications:dossier": every,
        "applications:versions": few,
        "applications:edits": few,
        "applications:section": sections,
        "applications:autosave": sections,
        "applications:merge": sections,
        "applications:upload": some,
        "applications:check": some,
        "applications:submit": some,
        "applications:withdraw": some,
        "applications:receipt": {n: (*few[n], 1) for n in few if n != "draft"},
        "applications:receipt_document": {n: (*few[n], 1) for n in few if n != "draft"},
        "applications:attachment": {"draft": (draft_file.pk,), **filed},
        "applications:remove_attachment": {"draft": (draft_file.pk,), "project": filed["project"]},
    }


def office(calls: dict[str, Call], rows: dict[str, Application]) -> dict[str, Cases]:
    every = {n: (c.pk,) for n, c in calls.items()}
    some = {n: every[n] for n in ("unpublished", "open")}
    checked = {n: (rows[n].pk,) for n in ("submitted", "recommended")}
    listed = {**checked, "draft": (rows["draft"].pk,), "elsewhere": (rows["elsewhere"].pk,)}
    finding = CheckFinding.objects.filter(application=rows["review"]).order_by("pk").first()
    return {
        "applications:call_list": PLAIN,
        "applications:call_create": PLAIN,
        "applications:call": every,
        "applications:call_sheet": every,
        "applications:call_hearing_sheet": {n: every[n] for n in ("unpublished", "hearing")},
        "applications:call_edit": {n: (*args, "basics") for n, args in some.items()},
        **{f"applications:call_{act}": some for act in (
            "propose", "publish", "send_back", "take_back", "discard")},
        "applications:edition": {"open": (*every["open"], 1)},
        "applications:start": {n: (c.number,) for n, c in calls.items()},
        "applications:competition_reviews": {"": (calls["open"].scheme.code,)},
        "applications:recommendations": PLAIN,
        "applications:recommendation_check": listed,
        "applications:recommendation_return": checked,
        "applications:recommendation_refuse": checked,
        "applications:recommendation_order": {
            "220581": (calls["open"].number, "220581"),
            "220500": (calls["open"].number, "220500"),
        },
        "applications:screening": PLAIN,
        "applications:screening_dossier": listed,
        "applications:screening_checks": checked,
        "applications:screening_finding": {
            "review": (rows["review"].pk, finding.pk if finding else 999_999)
        },
        "applications:screening_declare": {n: (*a, "eligible") for n, a in checked.items()},
        "applications:screening_return": checked,
    }  # fmt: skip


def people_and_messages() -> dict[str, Cases]:
    firm = Organisation.objects.get(memberships__user__username="applicant")
    member = {"": (Membership.objects.get(user__username="viewer").pk,)}
    person = {"": (User.objects.get(username="newcomer").pk,)}
    grant = {"": (RoleGrant.objects.get(user__username="newcomer").pk,)}
    at_firm = {"": (firm.pk,)}
    proposed = {"": (CalendarYear.objects.get(state="proposed").pk,)}
    message = Message.objects.filter(recipient__username="applicant").order_by("pk")[0]
    return (
        {f"notifications:{name}": PLAIN for name in ("inbox", "read_all", "outbox", "choices")}
        | {f"accounts:{name}": PLAIN for name in (
            "profile", "tokens", "firm", "firm_new", "people", "person_new", "calendar",
            "calendar_new")}
        | {f"accounts:{name}": at_firm for name in ("firm_detail", "firm_edit", "member_add")}
        | {f"accounts:{name}": member for name in ("member_level", "member_end")}
        | {
            "accounts:token_revoke": {
                n: (AccessToken.objects.get(user__username=n, revoked_at=None).pk,)
                for n in ("applicant", "finance")
            }
        }
        | {f"accounts:{name}": person for name in (
            "person", "person_edit", "person_switch", "person_link", "grant_propose")}
        | {f"accounts:{name}": grant for name in ("grant_confirm", "grant_revoke")}
        | {f"accounts:{name}": proposed for name in (
            "calendar_year", "calendar_confirm", "calendar_withdraw")}
        | {
            "notifications:open": {"": (message.pk,)},
            "notifications:resend_delivery": {"": (Delivery.objects.order_by("pk")[0].pk,)},
            "notifications:resend_all": {"": ("messages",)},
            "notifications:resend_job": {"": (Job.objects.order_by("pk")[0].pk,)},
        }
    )  # fmt: skip


def objects() -> dict[str, Cases]:
    """Every named address of the site with its cases."""
    calls = {
        "paid": Call.objects.get(number="2024-1"),
        "review": Call.objects.get(status=CallStatus.IN_REVIEW),
        "open": Call.objects.filter(status=CallStatus.PUBLISHED).order_by("-pk")[0],
        "unpublished": Call.objects.get(status=CallStatus.DRAFT),
        "hearing": Call.objects.get(status=CallStatus.HEARING),
    }
    assert Envelope.objects.count() >= 2 and Expert.objects.count() >= 36
    rows = dossiers()
    return (
        signing_in()
        | portal(calls)
        | opendata(calls, rows)
        | awards(calls, rows)
        | secretaries(rows)
        | reviews(calls, rows)
        | hearings(calls)
        | dossier_pages(rows)
        | office(calls, rows)
        | people_and_messages()
    )
