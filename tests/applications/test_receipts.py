"""The receipt as a document: what was frozen, for whoever may read the dossier."""

import pytest
from django.urls import reverse

from applications.receipts import receipt_paper
from audit.digests import sm3
from papers import fonts
from papers.setting import set_paper
from portal.selectors import proofs
from tests.papers import reading

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not fonts.available(), reason="no Chinese font on this machine"),
]


def test_it_says_what_was_received_with_every_file(submitted):
    submission = submitted.submissions.get()
    paper = receipt_paper(submission)
    shown = "".join(reading.pages(set_paper(paper)))
    told = submission.content
    assert paper.number == submission.receipt
    for part in ("申报回执", told["firm"]["name"], told["firm"]["uscc"], told["title"], "元整"):
        assert "".join(part.split()) in shown
    for file in told["attachments"]:
        assert file["digest"] in shown
    assert proofs.check(paper.number, paper.digest) == proofs.Proof.HOLDS


def test_everybody_who_reads_the_receipt_gets_the_same_file(
    client_of, submitted, applicant, viewer, officer, region, applicant2, expert
):
    url = reverse("applications:receipt_document", args=[submitted.pk, 1])
    files = set()
    for person in (applicant, viewer, officer, region):
        client = client_of(person)
        client.cookies["django_language"] = "en" if person == officer else "zh-hans"
        files.add(sm3(client.get(url).content))
    assert files == {sm3(set_paper(receipt_paper(submitted.submissions.get())))}
    for person in (applicant2, expert):
        assert client_of(person).get(url).status_code == 404
    missing = reverse("applications:receipt_document", args=[submitted.pk, 2])
    assert client_of(applicant).get(missing).status_code == 404
