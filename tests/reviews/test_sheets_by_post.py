"""Filled sheets by their pages, where they cost most, within the statements of a post."""

from decimal import Decimal

import pytest
from django.urls import reverse

from reviews.models import AssignmentState, SheetImport
from reviews.selectors.offline import blocks_of
from reviews.services import offline, scoring
from tests.reviews import hearing, sheets, table

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def spoken(place, leaf):
    return "与原评价不同，依据充分。" if leaf == "overall" else None


def test_a_workbook_changes_what_was_finished_and_sets_an_unsettled_one_aside(
    seat, opened, expert, client_of
):
    blank = sheets.exported(seat)
    tiers = [sheets.base(blocks_of(seat, with_marks=False), tier) for tier in (0, 1)]
    mark = {"leaf": "Q1.2", "tier": 1, "score": Decimal(4), "comment": "", "version": 0}
    scoring.save_mark(assignment=opened[1], by=expert, **mark)
    stale = sheets.filled(blank, scores=tiers[0])
    unsettled = offline.take_own(seat=seat, upload=stale, by=expert)
    table.finished(opened[0])
    data = sheets.exported(seat, with_marks=True)
    upload = sheets.filled(data, scores=tiers[1], comment=spoken)
    address = reverse("reviews:my_offline", args=[seat.pk])
    assert client_of(expert).post(address, {"upload": upload}).status_code == 302
    unsettled.refresh_from_db()
    assert unsettled.status == "withdrawn"
    states = seat.assignments.values_list("state", flat=True)
    assert set(states) == {AssignmentState.FINISHED}


def test_a_workbook_of_a_hearing(begun, client_of):
    seat = hearing.seats(begun)[0]
    address = reverse("reviews:my_offline", args=[seat.pk])
    upload = {"upload": sheets.complete(seat)}
    assert client_of(seat.expert.user).post(address, upload).status_code == 302
    assert SheetImport.objects.get().status == "confirmed"


def test_paper_of_a_hearing_from_the_scan_to_the_lock(begun, maker, checker, supervisor, client_of):
    seat = hearing.seats(begun)[0]
    sheets.two_scribes(seat, maker, checker, supervisor)
    upload = {"upload": sheets.complete(seat, tier=1), "scan": sheets.scan()}
    typing = reverse("reviews:scribe_seat", args=[seat.pk])
    assert client_of(maker).post(typing, upload).status_code == 302
    row, second = SheetImport.objects.get(), client_of(checker)
    data = {
        f"d{place}-{mark['leaf'].replace('.', '-')}-score": mark["score"]
        for place, dossier in enumerate(row.content)
        for mark in dossier["marks"]
    }
    address = reverse("reviews:scribe_import", args=[row.pk])
    assert second.post(address, data).status_code == 302
    lock = reverse("reviews:scribe_sign", args=[row.pk])
    digest = second.get(lock).content.decode().split('name="digest" value="')[1][:64]
    assert second.post(lock, {"digest": digest}).status_code == 302
    row.refresh_from_db()
    assert row.status == "confirmed"
