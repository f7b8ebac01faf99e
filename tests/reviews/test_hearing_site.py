"""A site check after the hearing: the formulas of the paper review take what was found, the marks
of both stages stay, the ranking of both follows.
"""

from decimal import Decimal

import pytest
from django.core.management import call_command

from audit.refusals import WrongState
from reviews.models import Stage
from reviews.scoring import Points, weigh
from reviews.selectors.recomputed import digest_of, rank_call
from reviews.selectors.scores import locked_marks
from reviews.services import ranking
from tests.reviews import sitework

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
LESS = {"promised_headcount": "200"}


def points(told: dict[str, str]) -> Points:
    return Points(Decimal(told["quality"]), Decimal(told["employment"]))


def test_what_is_found_on_the_spot_moves_paper_and_through_it_the_total_of_both(
    marked, officer, officer2, finance, applicant
):
    call = marked
    ranking.close_hearing(call=call, by=officer)
    before = ranking.compute_ranking(call=call, by=officer)
    dossier = call.applications.select_related("call").order_by("number")[0]
    old = before.entries.get(application=dossier)
    marks = [locked_marks(call, stage) for stage in Stage]
    shortlist = call.shortlist.digest
    check = sitework.ordered(dossier, officer, officer2, finance)
    sitework.confirmed(check, officer2, finance, applicant, **LESS)
    after = ranking.compute_ranking(call=call, by=officer)
    new = after.entries.get(application=dossier)
    was, told = old.details["hearing"], new.details["hearing"]
    assert (after.version, told["points"], told["experts"]) == (2, was["points"], was["experts"])
    assert Decimal(told["paper"]["employment"]) < Decimal(was["paper"]["employment"])
    assert told["paper"]["quality"] == was["paper"]["quality"]
    both = weigh(points(told["paper"]), points(told["points"]), 40)
    assert (new.total, new.employment) == (both.total, both.employment)
    assert new.total < old.total
    assert (old.tied, new.rank) == (True, 4)  # four shared the first rank
    assert new.details["site"]["corrections"] == {
        "promised_headcount": {"submitted": "280.0", "found": "200.0"}
    }
    assert [locked_marks(call, stage) for stage in Stage] == marks
    call.refresh_from_db()
    # Who was heard was decided on what was known then.
    assert call.shortlist.digest == shortlist
    assert digest_of(rank_call(call)) == after.digest
    call_command("rank", call.number)  # exits 1 where shortlist or ranking do not follow


def test_nobody_is_sent_while_the_hearing_is_under_way(begun, officer, officer2, finance):
    dossier = begun.applications.select_related("call").order_by("number")[0]
    with pytest.raises(WrongState, match="between the ranking and the decision"):
        sitework.ordered(dossier, officer, officer2, finance)
