"""Awards in the 360Giving data standard: what stands where, and nothing of Django.

Source: the JSON schemas and the guidance on identifiers of ThreeSixtyGiving/standard. Grants have
the publisher's prefix (360G-…); organisations the code of the org-id.guide list that their number
is from, for 统一社会信用代码 CN-USCI. Sums are numbers in yuan, days and instants ISO 8601.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

CURRENCY = "CNY"
COUNTRY = "CN"
CODES = "CN-USCI"


@dataclass(frozen=True, slots=True)
class Publisher:
    """Who publishes: name, 统一社会信用代码 ("" unless set), 360Giving prefix, address."""

    name: str
    code: str
    prefix: str
    site: str

    @property
    def identifier(self) -> str:
        """By its code; without one the standard asks for the prefix and a word of one's own."""
        return f"{CODES}-{self.code}" if self.code else f"{self.prefix}-publisher"


@dataclass(frozen=True, slots=True)
class Granted:
    """One award as it is published; sums in yuan. `link` is the path of the call's results."""

    number: str
    title: str
    amount: Decimal
    paid: Decimal
    awarded_on: date
    modified: datetime
    firm: str
    firm_code: str
    region: str
    place: str
    industry: str
    industry_name: str
    call: str
    call_name: str
    scheme: str
    link: str
    ended_on: date | None = None  # terminated early
    recovered: Decimal = Decimal(0)  # of what was paid to a project that ended


def number(amount: Decimal) -> int | float:
    """The sum as JSON's number, whole yuan without a fraction."""
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def grant(award: Granted, publisher: Publisher) -> dict[str, Any]:
    """The award as the standard's object."""
    source = publisher.site + award.link
    found: dict[str, Any] = {
        "id": f"{publisher.prefix}-{award.number}",
        "title": award.title,
        "description": f"{award.scheme} · {award.call_name} · {award.title}",
        "currency": CURRENCY,
        "amountAwarded": number(award.amount),
        "amountDisbursed": number(award.paid),
        "awardDate": award.awarded_on.isoformat(),
        "url": source,
        "recipientOrganization": [{"id": f"{CODES}-{award.firm_code}", "name": award.firm}],
        "fundingOrganization": [{"id": publisher.identifier, "name": publisher.name}],
        "beneficiaryLocation": [{"id": award.region, "name": award.place, "countryCode": COUNTRY}],
        "grantProgramme": [{"code": award.call, "title": award.call_name, "url": source}],
        "fromOpenCall": "Yes",
        "dateModified": award.modified.isoformat(),
        "dataSource": source,
    }
    if award.ended_on:
        found["actualDates"] = [_ended(award, award.ended_on)]
    if award.industry:
        found["classifications"] = [
            {
                "vocabulary": f"{publisher.prefix}-industry",
                "code": award.industry,
                "title": award.industry_name,
            }
        ]
    return found


def _ended(award: Granted, day: date) -> dict[str, Any]:
    """How a grant that was terminated says so: the standard has no state, but days as they were.

    `amountDisbursed` stays what was paid; the standard has no sum for what came back, so words say
    it (`recovered` of the API is the figure).
    """
    return {
        "title": "项目终止",
        "startDate": award.awarded_on.isoformat(),
        "endDate": day.isoformat(),
        "description": f"已拨付{award.paid:,.2f}元，已追回本金{award.recovered:,.2f}元",
    }


# The titles of the standard's spreadsheets, and where each is found in the object.
COLUMNS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Identifier", ("id",)),
    ("Title", ("title",)),
    ("Description", ("description",)),
    ("Currency", ("currency",)),
    ("Amount Awarded", ("amountAwarded",)),
    ("Amount Disbursed", ("amountDisbursed",)),
    ("Award Date", ("awardDate",)),
    ("URL", ("url",)),
    ("Recipient Org:Identifier", ("recipientOrganization", "id")),
    ("Recipient Org:Name", ("recipientOrganization", "name")),
    ("Beneficiary Location:Identifier", ("beneficiaryLocation", "id")),
    ("Beneficiary Location:Name", ("beneficiaryLocation", "name")),
    ("Beneficiary Location:Country Code", ("beneficiaryLocation", "countryCode")),
    ("Funding Org:Identifier", ("fundingOrganization", "id")),
    ("Funding Org:Name", ("fundingOrganization", "name")),
    ("Grant Programme:Code", ("grantProgramme", "code")),
    ("Grant Programme:Title", ("grantProgramme", "title")),
    ("Grant Programme:URL", ("grantProgramme", "url")),
    ("From an open call?", ("fromOpenCall",)),
    ("Classifications:Vocabulary", ("classifications", "vocabulary")),
    ("Classifications:Code", ("classifications", "code")),
    ("Classifications:Title", ("classifications", "title")),
    ("Last modified", ("dateModified",)),
    ("Data Source", ("dataSource",)),
    ("Actual Dates:Title", ("actualDates", "title")),
    ("Actual Dates:Start Date", ("actualDates", "startDate")),
    ("Actual Dates:End Date", ("actualDates", "endDate")),
    ("Actual Dates:Description", ("actualDates", "description")),
)
HEADER = tuple(title for title, _path in COLUMNS)


def cells(found: dict[str, Any]) -> list[Any]:
    """The same object as one row of the standard's spreadsheet."""
    return [_at(found, path) for _title, path in COLUMNS]


def _at(found: dict[str, Any], path: tuple[str, ...]) -> Any:
    """What stands there; of the lists, which hold one each, the first. None where there is none."""
    name, *rest = path
    value = found.get(name)
    if not rest:
        return value
    return value[0].get(rest[0]) if value else None


def package(about: dict[str, Any], found: Iterable[dict[str, Any]]) -> Iterator[str]:
    """The standard's package as text, grant by grant, so that any number can be sent."""
    yield json.dumps(about, ensure_ascii=False)[:-1] + ', "grants": ['
    for place, one in enumerate(found):
        yield ("," if place else "") + "\n" + json.dumps(one, ensure_ascii=False)
    yield "\n]}\n"
