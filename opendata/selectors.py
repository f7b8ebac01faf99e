"""What is read for the files of awards: the same rows as the public pages of results, those of
terminated projects as well."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Max, QuerySet
from django.db.models.functions import Greatest
from django.urls import reverse
from django.utils.crypto import salted_hmac

from accounts.models import Region
from audit import clock
from audit.models import Event
from awards.models import Award
from calendars.wording import day_of
from opendata.grants import Granted, Publisher
from portal.selectors import results

AT_ONCE = 500  # rows fetched from the database at a time
FORM = "2"  # of the files: another one makes all that was kept of them out of date


def publisher() -> Publisher:
    return Publisher(
        name=settings.HOST_ORGANISATION or "Steelyard",
        code=settings.HOST_CODE,
        prefix=settings.GRANT_PREFIX,
        site=settings.SITE_URL.rstrip("/"),
    )


def awards(call: str = "") -> QuerySet[Award]:
    """Published awards (of one call), by call and number; `changed` is when each last did."""
    found = results.published_awards().annotate(
        changed=Greatest(
            "decided_at",
            "accepted_at",
            "revoked_at",
            "allocation__recorded_at",
            Max("instalments__payment__recorded_at"),
            Max("clawback__repayments__confirmed_at"),
        )
    )
    if call:
        found = found.filter(application__call__number=call)
    return found.order_by(
        "application__call__year", "application__call__sequence", "application__number"
    )


def granted(found: QuerySet[Award]) -> Iterator[Granted]:
    """Awards as they are published, read as they are asked for; one query for any number."""
    return (_granted(award) for award in found.iterator(AT_ONCE))


def _granted(award: Any) -> Granted:
    application = award.application
    call, region, industry = application.call, application.region, application.industry
    return Granted(
        number=application.number,
        title=application.title,
        amount=award.amount,
        paid=award.paid,
        awarded_on=award.decided_at.astimezone(clock.SHANGHAI).date(),
        modified=award.changed.astimezone(clock.SHANGHAI),
        firm=application.firm.name,
        firm_code=application.firm.uscc,
        region=region.code,
        place=_place(region),
        industry=industry.code if industry else "",
        industry_name=industry.name_zh if industry else "",
        call=call.number,
        call_name=call.name_zh,
        scheme=call.scheme.name_zh,
        link=reverse("portal:public_result", args=[call.number]),
        ended_on=day_of(award.revoked_at) if award.revoked_at else None,
        recovered=award.recovered,
    )


def _place(region: Region) -> str:
    """In Chinese whoever asks: the file has one language. 梅河口市, which reports to the
    province, stands alone, as in every sum on the pages."""
    above = region.parent
    if above is None or region.level != "county" or region.reports_to_id != above.pk:
        return region.name_zh
    return f"{above.name_zh}{region.name_zh}"


def last_change(found: QuerySet[Award]) -> datetime | None:
    """When any of these awards last changed; None where there is none."""
    changed: datetime | None = found.aggregate(last=Max("changed"))["last"]
    return changed


def version_of_the_files(*about: str) -> str:
    """Another word after every act: nothing published changes without an event. The number of
    events is nobody's business, hence the digest."""
    last = Event.objects.order_by("-pk").values_list("pk", flat=True).first()
    who = publisher()
    parts = (FORM, last or 0, who.name, who.code, who.prefix, who.site, *about)
    return salted_hmac("opendata.files", "\n".join(map(str, parts))).hexdigest()[:32]
