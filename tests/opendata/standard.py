"""The rules of the 360Giving data standard for a package of grants to organisations, in our words.

After schema/360-giving-schema.json and schema/360-giving-package-schema.json of the repository
ThreeSixtyGiving/standard (JSON Schema draft 4), and its guidance on identifiers. Stricter than
the schemas in two things: no field that the standard does not know, and identifiers as the
guidance asks for them.
"""

from typing import Any

from jsonschema import Draft4Validator, FormatChecker

DAY = {"type": "string", "pattern": r"^[0-9]{4}-(0[1-9]|1[012])-(0[1-9]|[12][0-9]|3[01])$"}
INSTANT = {"type": "string", "format": "date-time"}
ADDRESS = {"type": "string", "format": "uri"}
TEXT = {"type": "string", "minLength": 1}
SUM = {"type": "number", "minimum": 0}


def known(required: tuple[str, ...], **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "required": list(required),
        "properties": properties,
        "additionalProperties": False,
    }


def one(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "minItems": 1, "maxItems": 1, "items": item}


ORGANISATION = known(
    ("id", "name"),
    id={"type": "string", "pattern": r"^(CN-USCI-[0-9A-HJ-NP-RTUWXY]{18}|360G-[\w-]+)$"},
    name=TEXT,
)
LOCATION = known((), id=TEXT, name=TEXT, countryCode={"enum": ["CN"]})
PROGRAMME = known((), code=TEXT, title=TEXT, url=ADDRESS)
CLASSIFICATION = known((), vocabulary=TEXT, code=TEXT, title=TEXT)
EVENT = known((), title=TEXT, startDate=DAY, endDate=DAY, description=TEXT)
GRANT = known(
    (
        *("id", "title", "description", "currency", "amountAwarded", "awardDate"),
        *("recipientOrganization", "fundingOrganization"),
    ),
    id={"type": "string", "pattern": r"^360G-[A-Za-z0-9_]+-[\w-]+$"},
    title={"type": "string", "minLength": 1, "maxLength": 140},
    description=TEXT,
    currency={"enum": ["CNY"]},
    amountAwarded=SUM,
    amountDisbursed=SUM,
    awardDate=DAY,
    url=ADDRESS,
    actualDates=one(EVENT),
    recipientOrganization=one(ORGANISATION),
    fundingOrganization=one(ORGANISATION),
    beneficiaryLocation=one(LOCATION),
    grantProgramme=one(PROGRAMME),
    classifications=one(CLASSIFICATION),
    fromOpenCall={"enum": ["Yes", "No"]},
    dateModified=INSTANT,
    dataSource=ADDRESS,
)
PACKAGE = known(
    ("grants",),
    grants={"type": "array", "minItems": 1, "uniqueItems": True, "items": GRANT},
    title=TEXT,
    issued=DAY,
    modified=INSTANT,
    identifier=TEXT,
    publisher=known(("name",), identifier=ORGANISATION["properties"]["id"], name=TEXT),
    downloadURL=ADDRESS,
    accessURL=ADDRESS,
)


def faults(package: Any) -> list[str]:
    """Where a package breaks the rules, one line each."""
    check = Draft4Validator(PACKAGE, format_checker=FormatChecker())
    return [
        f"{'/'.join(map(str, e.absolute_path))}: {e.message}" for e in check.iter_errors(package)
    ]
