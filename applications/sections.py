"""The ten sections of a dossier, in order, with their fields. What the formulas read is marked."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from applications.fields import Field, FieldProblem

WAN_YUAN = _("CNY 10,000")
PERSONS = _("persons")


@dataclass(frozen=True, slots=True)
class SectionSpec:
    """One section: its code, its words, its fields (none: a page of its own)."""

    code: str
    title: str | Promise
    about: str | Promise
    fields: tuple[Field, ...] = ()

    def field(self, name: str) -> Field:
        return next(f for f in self.fields if f.name == name)


def _text(name: str, label: Promise, hint: str | Promise = "", **more: object) -> Field:
    return replace(Field(name, "text", label, hint, length=200), **more)  # type: ignore[arg-type]


def _long(name: str, label: Promise, hint: str | Promise = "", **more: object) -> Field:
    return replace(Field(name, "paragraph", label, hint, length=1500), **more)  # type: ignore[arg-type]


def _money(name: str, label: Promise, hint: str | Promise = "", **more: object) -> Field:
    return replace(Field(name, "money", label, hint, WAN_YUAN), **more)  # type: ignore[arg-type]


def _people(name: str, label: Promise, hint: str | Promise = "", **more: object) -> Field:
    base = Field(name, "number", label, hint, PERSONS, most=Decimal(200_000), places=1)
    return replace(base, **more)  # type: ignore[arg-type]


def _yes_no(name: str, label: Promise, hint: str | Promise = "", **more: object) -> Field:
    return replace(Field(name, "yes_no", label, hint), **more)  # type: ignore[arg-type]


def _day(name: str, label: Promise, hint: str | Promise = "", **more: object) -> Field:
    return replace(Field(name, "day", label, hint, example="2026-04-17"), **more)  # type: ignore[arg-type]


_IDENTITY, _CONTACT = _("The firm"), _("Contact")
_PLACE, _SCHEDULE = _("What and where"), _("Schedule")
_FAI, _SOURCES, _OTHER = (
    _("Fixed-asset investment"),
    _("Sources of funds and the support asked for"),
    _("Other public money"),
)
_LAND, _FILING, _PERMITS = _("Land"), _("Filing or approval"), _("Permits in hand")
_TECH, _RD, _LINK = _("Technology and equipment"), _("Research"), _("Place in the industry chain")
_MARKET, _BENEFIT = _("Market"), _("Benefit in the year of full output")
_ENERGY, _ENV = _("Energy"), _("Environment and safety")
_JOBS, _QUALITY, _SCHOOL = _("Number of jobs"), _("Quality of jobs"), _("Training")

FIRM = SectionSpec(
    "firm",
    _("Applicant"),
    _("Who applies, and whom to ask."),
    (
        _text("legal_representative", _("Legal representative"), length=60, group=_IDENTITY),
        _money("registered_capital_yuan", _("Registered capital"), group=_IDENTITY),
        _day("established_on", _("Date of establishment"), group=_IDENTITY),
        _text(
            "moved_from",
            _("Where the industry moves from"),
            _("Province and city; for a new investment, where the investor is registered."),
            group=_IDENTITY,
        ),
        Field(
            "transfer_kind",
            "choice",
            _("How it moves here"),
            choices=(
                ("relocation", _("whole relocation")),
                ("branch", _("new plant of a firm from elsewhere")),
                ("expansion", _("local firm taking over capacity")),
                ("acquisition", _("merger or acquisition")),
            ),
            group=_IDENTITY,
        ),
        _long("main_business", _("Main business"), length=600, group=_IDENTITY),
        _yes_no(
            "incidents",
            _("Any major environmental or safety accident within the last three years?"),
            group=_IDENTITY,
        ),
        _text("contact_name", _("Contact person"), length=60, group=_CONTACT),
        _text(
            "contact_phone",
            _("Contact telephone"),
            pattern=r"[0-9+\-() ]{7,20}",
            example="0434-5550123",
            group=_CONTACT,
        ),
    ),
)
PROJECT = SectionSpec(
    "project",
    _("Project overview"),
    _("What is built, where, and when."),
    (
        _text(
            "title", _("Project name"), _("As in the filing certificate."), length=120, group=_PLACE
        ),
        Field("region", "code", _("Place of construction"), length=6, group=_PLACE),
        Field("industry", "code", _("Industry"), length=30, group=_PLACE),
        _text("site", _("Park and address"), group=_PLACE),
        _text(
            "project_code",
            _("Investment project code"),
            _("From the national online approval platform for investment projects."),
            pattern=r"\d{4}-\d{6}-\d{2}-\d{2}-\d{6}",
            example="2401-220322-04-01-123456",
            group=_PLACE,
        ),
        Field(
            "building_kind",
            "choice",
            _("Kind of construction"),
            choices=(
                ("new", _("new construction")),
                ("extension", _("extension")),
                ("renewal", _("technical renewal")),
                ("move", _("move to a new site")),
            ),
            group=_PLACE,
        ),
        _long(
            "summary",
            _("What is built"),
            _("Capacity, products, main buildings and lines."),
            group=_PLACE,
        ),
        _day("starts_on", _("Start of construction"), _("Actual or planned."), group=_SCHEDULE),
        _day("finishes_on", _("Start of production"), _("Actual or planned."), group=_SCHEDULE),
    ),
)
INVESTMENT = SectionSpec(
    "investment",
    _("Investment and funds"),
    _("What it costs, who pays, and how much support is asked for."),
    (
        _money(
            "fixed_assets_yuan",
            _("Total fixed-asset investment"),
            _("Without initial working capital and the price of land."),
            figure=True,
            least=Decimal(10_000),
            group=_FAI,
            alone=True,
        ),
        _money("construction_yuan", _("Construction and installation"), group=_FAI),
        _money("equipment_yuan", _("Equipment"), group=_FAI),
        _money("other_costs_yuan", _("Other costs"), group=_FAI),
        _money(
            "invested_yuan",
            _("Invested so far"),
            _("Audited, or as reported to statistics."),
            figure=True,
            group=_FAI,
            alone=True,
        ),
        _money(
            "own_funds_yuan",
            _("Own funds paid in"),
            _("By capital verification report or bank slip."),
            figure=True,
            group=_SOURCES,
        ),
        _money(
            "signed_loans_yuan",
            _("Loans under signed contracts"),
            _("Letters of intent do not count."),
            figure=True,
            group=_SOURCES,
        ),
        _money(
            "requested_yuan",
            _("Support asked for"),
            _("Frozen at submission; it cannot be raised later."),
            figure=True,
            least=Decimal(10_000),
            group=_SOURCES,
        ),
        _yes_no(
            "other_money",
            _("Has the same work received, or asked for, other public money?"),
            group=_OTHER,
        ),
        _long(
            "other_money_detail",
            _("Which, how much, when"),
            _("To be filled in if the answer is yes."),
            length=600,
            needed_if=("other_money", "yes"),
            group=_OTHER,
        ),
    ),
)
LAND_PERMITS = SectionSpec(
    "land_permits",
    _("Land and permits"),
    _("What the project stands on and what has been permitted."),
    (
        Field(
            "land_mu",
            "number",
            _("Land used"),
            _("By the certificate or the land contract."),
            _("mu"),
            least=Decimal("0.1"),
            most=Decimal(100_000),
            figure=True,
            group=_LAND,
        ),
        _text("parcel", _("Parcel number or land contract number"), length=80, group=_LAND),
        _text(
            "filing_no", _("Number of the filing or approval certificate"), length=80, group=_FILING
        ),
        _money(
            "filing_investment_yuan",
            _("Fixed-asset investment by the certificate"),
            least=Decimal(10_000),
            group=_FILING,
        ),
        _yes_no("permit_filing", _("Filing or approval"), figure=True, group=_PERMITS),
        _yes_no("permit_land", _("Land use"), figure=True, group=_PERMITS),
        _yes_no("permit_planning", _("Planning permit"), figure=True, group=_PERMITS),
        _yes_no("permit_eia", _("Environmental impact approval"), figure=True, group=_PERMITS),
        _yes_no("permit_construction", _("Construction permit"), figure=True, group=_PERMITS),
    ),
)
TECHNOLOGY = SectionSpec(
    "technology",
    _("Technology and products"),
    _("What experts judge the level of the project by."),
    (
        _long(
            "technology",
            _("Technology and equipment level"),
            _("Compare with the leading level at home and abroad."),
            group=_TECH,
        ),
        _long("products", _("Products"), length=800, group=_TECH),
        _money(
            "rd_spend_yuan", _("R&D spending of last year"), _("Audited."), figure=True, group=_RD
        ),
        _money(
            "revenue_yuan",
            _("Revenue of last year"),
            _("Audited; a new firm enters its investor's."),
            figure=True,
            group=_RD,
        ),
        Field(
            "patents",
            "number",
            _("Valid patents"),
            "",
            _("items"),
            most=Decimal(100_000),
            places=0,
            group=_RD,
        ),
        Field(
            "chain_role",
            "choice",
            _("Role in the local chain"),
            choices=(
                ("fill", _("fills a missing link")),
                ("extend", _("extends the chain")),
                ("strengthen", _("strengthens an existing link")),
                ("none", _("no direct link")),
            ),
            group=_LINK,
        ),
        _long("chain_text", _("Which links, which local firms"), length=800, group=_LINK),
    ),
)
MARKET = SectionSpec(
    "market",
    _("Market and benefit"),
    _("Who buys, and what the region gains."),
    (
        _long(
            "market",
            _("Market and orders"),
            _("Customers, contracts, share of capacity covered."),
            group=_MARKET,
        ),
        Field(
            "orders_percent",
            "number",
            _("Capacity covered by signed contracts"),
            "",
            "%",
            most=Decimal(100),
            places=1,
            group=_MARKET,
        ),
        _money("output_yuan", _("Yearly output value"), group=_BENEFIT),
        _money(
            "tax_yuan",
            _("Yearly tax"),
            _("All taxes paid to treasury in the first full year."),
            figure=True,
            group=_BENEFIT,
        ),
        _money("profit_yuan", _("Yearly profit"), group=_BENEFIT),
    ),
)
GREEN = SectionSpec(
    "green",
    _("Green and safe"),
    _("Energy use against the norm; environment and safety measures."),
    (
        Field(
            "energy_level",
            "choice",
            _("Energy use per unit"),
            _("Against the norm of the product; say “no norm” only if none is published."),
            choices=(
                ("advanced", _("at or below the advanced value")),
                ("benchmark", _("at or below the benchmark value")),
                ("no_norm", _("no published norm")),
                ("above", _("above the benchmark value")),
            ),
            figure=True,
            group=_ENERGY,
        ),
        Field(
            "energy_use",
            "number",
            _("Yearly energy use"),
            "",
            _("tonnes of standard coal"),
            most=Decimal(10_000_000),
            group=_ENERGY,
        ),
        _long("environment", _("Environmental measures"), length=1000, group=_ENV),
        _long("safety", _("Safety measures"), length=1000, group=_ENV),
    ),
)
EMPLOYMENT = SectionSpec(
    "employment",
    _("Employment"),
    _("Jobs by social-insurance records. No lists of ID numbers are asked for."),
    (
        _people(
            "baseline_headcount",
            _("Baseline headcount"),
            _("Mean of insured staff over the twelve months before the guide."),
            figure=True,
            group=_JOBS,
        ),
        _people(
            "promised_headcount",
            _("Promised headcount"),
            _("Insured staff in the first full year; decides the last instalment."),
            figure=True,
            group=_JOBS,
        ),
        _people(
            "priority_headcount",
            _("Graduates and hard-to-place persons among the new jobs"),
            figure=True,
            group=_JOBS,
        ),
        _people(
            "employed", _("Staff now"), _("With a labour contract."), figure=True, group=_QUALITY
        ),
        _people(
            "insured",
            _("Of these, fully insured"),
            _("All five insurances for six months running."),
            figure=True,
            group=_QUALITY,
        ),
        _money(
            "average_wage_yuan",
            _("Average yearly wage"),
            figure=True,
            most=Decimal(10_000_000),
            group=_QUALITY,
        ),
        _money(
            "local_wage_yuan",
            _("Local average in the trade"),
            _("From the statistical yearbook."),
            figure=True,
            least=Decimal(1_000),
            most=Decimal(10_000_000),
            group=_QUALITY,
        ),
        Field(
            "school",
            "choice",
            _("Cooperation with a vocational school"),
            choices=(
                ("running", _("signed and running")),
                ("signed", _("signed")),
                ("none", _("none")),
            ),
            group=_SCHOOL,
        ),
        _long(
            "training",
            _("Training by order, direction or post"),
            length=800,
            required=False,
            group=_SCHOOL,
        ),
    ),
)
ATTACHMENTS = SectionSpec("attachments", _("Attachments"), _("The documents the guide asks for."))
COMMITMENT = SectionSpec(
    "commitment",
    _("Commitment and signature"),
    _("Opens when the other nine sections are complete."),
    (
        _text(
            "signatory",
            _("Who signs for the firm"),
            _("Legal representative or authorised person."),
            length=60,
        ),
        _text("position", _("Position"), length=60),
    ),
)

SECTIONS: Final = (
    FIRM,
    PROJECT,
    INVESTMENT,
    LAND_PERMITS,
    TECHNOLOGY,
    MARKET,
    GREEN,
    EMPLOYMENT,
    ATTACHMENTS,
    COMMITMENT,
)
BY_CODE: Final[dict[str, SectionSpec]] = {spec.code: spec for spec in SECTIONS}
CODES: Final = tuple(BY_CODE)
FIGURE_FIELDS: Final = {f.name: spec.code for spec in SECTIONS for f in spec.fields if f.figure}


def read(code: str, data: Mapping[str, object]) -> tuple[dict[str, str], dict[str, str | Promise]]:
    """Stored values of a section and, by field, what is wrong. Unknown fields are refused too."""
    clean: dict[str, str] = {}
    problems: dict[str, str | Promise] = {}
    spec = BY_CODE[code]
    for field in spec.fields:
        try:
            clean[field.name] = field.read(data.get(field.name))
        except FieldProblem as problem:
            problems[field.name] = problem.message
    for name in data.keys() - {f.name for f in spec.fields}:
        problems[name] = _("The section has no field of this name.")
    return clean, problems


def missing(code: str, data: Mapping[str, str]) -> tuple[Field, ...]:
    """The fields of a section that must be filled in and are not."""
    return tuple(f for f in BY_CODE[code].fields if f.wanted(data) and not data.get(f.name))


def wanted(code: str, data: Mapping[str, str]) -> tuple[Field, ...]:
    """The fields of a section that must be filled in, filled in or not."""
    return tuple(f for f in BY_CODE[code].fields if f.wanted(data))
