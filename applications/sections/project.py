"""The sections on who builds what, with which money, on which land."""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from applications.fields import Field
from applications.sections.spec import SectionSpec, day, long, money, text, yes_no

_IDENTITY, _CONTACT = _("The firm"), _("Contact")
_PLACE, _SCHEDULE = _("What and where"), _("Schedule")
_FAI, _SOURCES, _OTHER = (
    _("Fixed-asset investment"),
    _("Sources of funds and the support asked for"),
    _("Other public money"),
)
_LAND, _FILING, _PERMITS = _("Land"), _("Filing or approval"), _("Permits in hand")

FIRM = SectionSpec(
    "firm",
    _("Applicant"),
    _("Who applies, and whom to ask."),
    (
        text("legal_representative", _("Legal representative"), length=60, group=_IDENTITY),
        money("registered_capital_yuan", _("Registered capital"), group=_IDENTITY),
        day("established_on", _("Date of establishment"), group=_IDENTITY),
        text(
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
        long("main_business", _("Main business"), length=600, group=_IDENTITY),
        yes_no(
            "incidents",
            _("Any major environmental or safety accident within the last three years?"),
            group=_IDENTITY,
        ),
        text("contact_name", _("Contact person"), length=60, group=_CONTACT),
        Field("contact_phone", "telephone", _("Contact telephone"), length=30, group=_CONTACT),
    ),
)
PROJECT = SectionSpec(
    "project",
    _("Project overview"),
    _("What is built, where, and when."),
    (
        text(
            "title", _("Project name"), _("As in the filing certificate."), length=120, group=_PLACE
        ),
        Field("region", "code", _("Place of construction"), length=6, group=_PLACE),
        Field("industry", "code", _("Industry"), length=30, group=_PLACE),
        text("site", _("Park and address"), group=_PLACE),
        text(
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
        long(
            "summary",
            _("What is built"),
            _("Capacity, products, main buildings and lines."),
            group=_PLACE,
        ),
        day("starts_on", _("Start of construction"), _("Actual or planned."), group=_SCHEDULE),
        day("finishes_on", _("Start of production"), _("Actual or planned."), group=_SCHEDULE),
    ),
)
INVESTMENT = SectionSpec(
    "investment",
    _("Investment and funds"),
    _("What it costs, who pays, and how much support is asked for."),
    (
        money(
            "fixed_assets_yuan",
            _("Total fixed-asset investment"),
            _("Without initial working capital and the price of land."),
            figure=True,
            least=Decimal(10_000),
            group=_FAI,
            alone=True,
        ),
        money("construction_yuan", _("Construction and installation"), group=_FAI),
        money("equipment_yuan", _("Equipment"), group=_FAI),
        money("other_costs_yuan", _("Other costs"), group=_FAI),
        money(
            "invested_yuan",
            _("Invested so far"),
            _("Audited, or as reported to statistics."),
            figure=True,
            group=_FAI,
            alone=True,
        ),
        money(
            "own_funds_yuan",
            _("Own funds paid in"),
            _("By capital verification report or bank slip."),
            figure=True,
            group=_SOURCES,
        ),
        money(
            "signed_loans_yuan",
            _("Loans under signed contracts"),
            _("Letters of intent do not count."),
            figure=True,
            group=_SOURCES,
        ),
        money(
            "requested_yuan",
            _("Support asked for"),
            _("Frozen at submission; it cannot be raised later."),
            figure=True,
            least=Decimal(10_000),
            group=_SOURCES,
        ),
        yes_no(
            "other_money",
            _("Has the same work received, or asked for, other public money?"),
            group=_OTHER,
        ),
        long(
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
        text("parcel", _("Parcel number or land contract number"), length=80, group=_LAND),
        text(
            "filing_no", _("Number of the filing or approval certificate"), length=80, group=_FILING
        ),
        money(
            "filing_investment_yuan",
            _("Fixed-asset investment by the certificate"),
            least=Decimal(10_000),
            group=_FILING,
        ),
        yes_no("permit_filing", _("Filing or approval"), figure=True, group=_PERMITS),
        yes_no("permit_land", _("Land use"), figure=True, group=_PERMITS),
        yes_no("permit_planning", _("Planning permit"), figure=True, group=_PERMITS),
        yes_no("permit_eia", _("Environmental impact approval"), figure=True, group=_PERMITS),
        yes_no("permit_construction", _("Construction permit"), figure=True, group=_PERMITS),
    ),
)
