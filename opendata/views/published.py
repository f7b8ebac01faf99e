"""What everybody may read: calls, public notices, results, awards."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema

from applications.models import Call
from awards.models import Award, PublicNotice
from opendata.serializers.calls import CallDetailSerializer, CallSerializer
from opendata.serializers.notices import NoticeDetailSerializer, NoticeSerializer
from opendata.serializers.queries import AwardsQuery, CallsQuery, OfCallQuery
from opendata.serializers.results import AwardSerializer, ResultDetailSerializer, ResultSerializer
from opendata.views.endpoint import NUMBER, Listed, Single
from portal.selectors import calls, notices, results


@extend_schema(summary=_("Published calls"), parameters=[CallsQuery])
class CallList(Listed):
    serializer_class = CallSerializer
    query_class = CallsQuery

    def get_queryset(self) -> QuerySet[Call]:
        found = calls.public_calls()
        if "year" in self.asked:
            found = found.filter(year=self.asked["year"])
        now = self.clock.now
        match self.asked.get("phase"):
            case "soon":
                found = found.filter(opens_at__gt=now)
            case "open":
                found = found.filter(pk__in=calls.open_calls(now).values("pk"))
            case "over":
                open_now = calls.open_calls(now).values("pk")
                found = found.filter(opens_at__lte=now).exclude(pk__in=open_now)
        return found


@extend_schema(summary=_("One call with its guide"), parameters=[NUMBER])
class CallDetail(Single):
    serializer_class = CallDetailSerializer

    def get_queryset(self) -> QuerySet[Call]:
        return calls.public_calls().prefetch_related("notices")


@extend_schema(summary=_("Public notices"), parameters=[OfCallQuery])
class NoticeList(Listed):
    serializer_class = NoticeSerializer
    query_class = OfCallQuery

    def get_queryset(self) -> QuerySet[PublicNotice]:
        found = notices.public_notices()
        return found.filter(call__number=self.asked["call"]) if "call" in self.asked else found


@extend_schema(summary=_("One public notice with its projects"), parameters=[NUMBER])
class NoticeDetail(Single):
    serializer_class = NoticeDetailSerializer

    def get_queryset(self) -> QuerySet[PublicNotice]:
        return notices.public_notices()


@extend_schema(summary=_("Results, call by call"))
class ResultList(Listed):
    serializer_class = ResultSerializer

    def get_queryset(self) -> QuerySet[Call]:
        return results.calls_with_results()


@extend_schema(summary=_("Results of one call"), parameters=[NUMBER])
class ResultDetail(Single):
    serializer_class = ResultDetailSerializer

    def get_queryset(self) -> QuerySet[Call]:
        return results.calls_with_results()


@extend_schema(summary=_("Supported projects"), parameters=[AwardsQuery])
class AwardList(Listed):
    serializer_class = AwardSerializer
    query_class = AwardsQuery

    def get_queryset(self) -> QuerySet[Award]:
        found = results.published_awards()
        if "call" in self.asked:
            found = found.filter(application__call__number=self.asked["call"])
        if "year" in self.asked:
            found = found.filter(application__call__year=self.asked["year"])
        return found
