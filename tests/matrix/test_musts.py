"""What each person must never be let do, whatever `allowed.json` was written anew to say."""

import pytest

from tests.matrix import asking

ALLOWED = asking.allowed()
LET_IN = (200, 204, 302, 409, 422)
BUSINESS = (
    "applications:attachment", "applications:check", "applications:dossier(", "applications:edits",
    "applications:receipt", "applications:recommend", "applications:screening",
    "applications:section", "applications:versions", "applications:credit", "awards:acceptance",
    "awards:agreement(", "awards:agreement_document", "awards:amendments", "awards:audit_report",
    "awards:batch", "awards:claim", "awards:clawback", "awards:ending", "awards:progress",
    "awards:envelope", "awards:funding", "awards:instalment", "awards:minutes",
    "awards:objection(", "awards:objections", "awards:reconciliation", "awards:signature",
    "reviews:", "secretaries:board", "secretaries:my_projects", "secretaries:project",
    "secretaries:request(",
)  # fmt: skip
PUBLIC = (
    "portal:", "opendata:", "account_", "awards:file_objection", "awards:follow_objection",
    "awards:ask_review", "healthz", "readyz", "set_language",
)  # fmt: skip


def opened(person: str, *methods: str) -> set[str]:
    """The addresses and cases where the person is neither refused nor told there is nothing."""
    return {
        key.partition(" ")[2]
        for key, line in ALLOWED.items()
        if key.partition(" ")[0] in (methods or asking.METHODS)
        and asking.expected(line, person) in LET_IN
    }


def among(keys: set[str], *starts: str) -> set[str]:
    return {key for key in keys if key.startswith(starts)}


@pytest.mark.parametrize("person", ["sysadmin", "secadmin", "auditor"])
def test_administrators_never_see_business_data(person):
    assert among(opened(person), *BUSINESS) == set()


@pytest.mark.parametrize("person", ["applicant2", "region2", "expert2", "secretary"])
def test_nobody_elsewhere_sees_anything_of_a_firms_dossier(person):
    own = ("(draft)", "(submitted)", "(review)", "(project)")
    seen = {key for key in among(opened(person), *BUSINESS) if key.endswith(own)}
    assert seen - {"reviews:ranking(review)"} == set()


@pytest.mark.parametrize("person", ["applicant", "applicant2", "editor", "viewer"])
def test_firms_never_see_experts_marks_or_the_lists_before_the_notice(person):
    """After it they read how their own dossier came to its rank, and nobody else's."""
    own = {"reviews:own_points(project)", "reviews:own_site_check", "reviews:site_evidence",
        "reviews:statement(project)", "reviews:issue_statement(project)"}  # fmt: skip
    own = set() if person == "applicant2" else own
    assert among(opened(person), "reviews:", "awards:funding", "awards:envelope") == own


@pytest.mark.parametrize("person", ["expert", "expert2"])
def test_experts_read_at_their_desk_only(person):
    desk = {f"reviews:{name}" for name in (
        "my_reviews", "score", "autosave", "step_aside", "accept_seat", "decline_seat", "declare",
        "my_marks", "sign", "my_offline", "my_sheets", "scan")}  # fmt: skip
    seen = among(opened(person), *BUSINESS)
    files = {"applications:attachment(review)", "applications:attachment(assigned)"}
    assert seen - desk - files == set()
    if person == "expert2":
        assert seen == {"reviews:my_reviews"}


def test_visitors_are_let_into_public_pages_only():
    seen = {
        key.partition(" ")[2]
        for key, line in ALLOWED.items()
        if asking.expected(line, "anonymous") in (200, 204, 409, 422)
    }
    assert seen - among(seen, *PUBLIC) == set()


@pytest.mark.parametrize("page", ["public_notice(review)", "notice_table(review)",
    "public_result(review)", "result_table(review)", "public_call(unpublished)"])  # fmt: skip
def test_nothing_is_public_before_its_publication(page):
    assert ALLOWED[f"GET portal:{page}"] == "404 *"


def test_the_supervisor_changes_nothing():
    """Apart from their own account, the verification, their half of the draw, and the naming of
    who may see marks on paper, which nobody who runs the call may do."""
    own = ("account", "portal:", "notifications:", "set_language", "stay", "reviews:draw_",
           "reviews:panel_offline", "awards:file_objection", "awards:follow_objection",
           "awards:ask_review")  # fmt: skip
    acts = opened("supervisor", "POST")
    assert acts - among(acts, *own) == set()


def test_only_finance_touches_payments_and_ceilings():
    acts = ("awards:enter", "awards:release", "awards:record_paid", "awards:confirm_ceiling",
            "awards:refuse_ceiling", "awards:allocate", "awards:clawback", "awards:batches",
            "awards:send_batch", "awards:dissolve_batch", "awards:batch_answer",
            "awards:settle_difference", "awards:settlement")  # fmt: skip
    everybody = {name for line in ALLOWED.values() for name in line.split() if name.isalpha()}
    for person in everybody - {"anonymous", "finance"}:
        assert (person, among(opened(person, "POST"), *acts)) == (person, set())
