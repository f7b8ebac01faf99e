"""What one reads for a firm or for the treasury, under the rules of the pages."""

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema

from accounts.models import User
from accounts.roles import Role
from applications.models import Application, Submission
from applications.selectors.dossiers import dossiers_of_firms, is_applicant
from audit.refusals import NotPermitted
from awards.models import Payment
from awards.rules import require
from awards.selectors import money
from opendata.serializers.dossiers import DossierSerializer
from opendata.serializers.payments import PaymentSerializer
from opendata.serializers.queries import OfCallQuery, PaymentsQuery
from opendata.views.endpoint import Listed, Single


def dossiers(person: User) -> QuerySet[Application]:
    """Those of the firms one acts for; NotPermitted for whoever acts for none."""
    if not is_applicant(person):
        raise NotPermitted(_("Here a firm's people read its own dossiers. You act for no firm."))
    versions = Submission.objects.defer("content").order_by("version")
    return (
        dossiers_of_firms(person)
        .prefetch_related(None)
        .prefetch_related(
            Prefetch("submissions", versions), Prefetch("award", money.agreements(person))
        )
    )


@extend_schema(summary=_("Dossiers of one's own firms"), parameters=[OfCallQuery])
class DossierList(Listed):
    serializer_class = DossierSerializer
    query_class = OfCallQuery
    signed_in = True

    def get_queryset(self) -> QuerySet[Application]:
        found = dossiers(self.person())
        return found.filter(call__number=self.asked["call"]) if "call" in self.asked else found


@extend_schema(summary=_("One dossier of one's own firms"))
class DossierDetail(Single):
    serializer_class = DossierSerializer
    lookup_field = "pk"
    lookup_url_kwarg = "id"
    signed_in = True

    def get_queryset(self) -> QuerySet[Application]:
        return dossiers(self.person())


@extend_schema(summary=_("Payments, for the treasury"), parameters=[PaymentsQuery])
class PaymentList(Listed):
    serializer_class = PaymentSerializer
    query_class = PaymentsQuery
    signed_in = True

    def get_queryset(self) -> QuerySet[Payment]:
        person = self.person()
        require(person, Role.FINANCE_OFFICER)
        found = money.payments(person)
        if "call" in self.asked:
            found = found.filter(instalment__award__application__call__number=self.asked["call"])
        if "status" in self.asked:
            found = found.filter(instalment__status=self.asked["status"])
        return found
