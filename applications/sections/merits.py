"""The sections on what is reviewed: technology, market, green, jobs; then files."""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from applications.fields import Field
from applications.sections.spec import SectionSpec, long, money, people

_TECH, _RD, _LINK = _("Technology and equipment"), _("Research"), _("Place in the industry chain")
_MARKET, _BENEFIT = _("Market"), _("Benefit in the year of full output")
_ENERGY, _ENV = _("Energy"), _("Environment and safety")
_JOBS, _QUALITY, _SCHOOL = _("Number of jobs"), _("Quality of jobs"), _("Training")

TECHNOLOGY = SectionSpec(
    "technology",
    _("Technology and products"),
    _("What experts judge the level of the project by."),
    (
        long(
            "technology",
            _("Technology and equipment level"),
            _("Compare with the leading level at home and abroad."),
            group=_TECH,
        ),
        long("products", _("Products"), length=800, group=_TECH),
        money(
            "rd_spend_yuan", _("R&D spending of last year"), _("Audited."), figure=True, group=_RD
        ),
        money(
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
        long("chain_text", _("Which links, which local firms"), length=800, group=_LINK),
    ),
)
MARKET = SectionSpec(
    "market",
    _("Market and benefit"),
    _("Who buys, and what the region gains."),
    (
        long(
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
        money("output_yuan", _("Yearly output value"), group=_BENEFIT),
        money(
            "tax_yuan",
            _("Yearly tax"),
            _("All taxes paid to treasury in the first full year."),
            figure=True,
            group=_BENEFIT,
        ),
        money("profit_yuan", _("Yearly profit"), group=_BENEFIT),
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
        long("environment", _("Environmental measures"), length=1000, group=_ENV),
        long("safety", _("Safety measures"), length=1000, group=_ENV),
    ),
)
EMPLOYMENT = SectionSpec(
    "employment",
    _("Employment"),
    _("Jobs by social-insurance records. No lists of ID numbers are asked for."),
    (
        people(
            "baseline_headcount",
            _("Baseline headcount"),
            _("Mean of insured staff over the twelve months before the guide."),
            figure=True,
            group=_JOBS,
        ),
        people(
            "promised_headcount",
            _("Promised headcount"),
            _("Insured staff in the first full year; decides the last instalment."),
            figure=True,
            group=_JOBS,
        ),
        people(
            "priority_headcount",
            _("Graduates and hard-to-place persons among the new jobs"),
            figure=True,
            group=_JOBS,
        ),
        people(
            "employed", _("Staff now"), _("With a labour contract."), figure=True, group=_QUALITY
        ),
        people(
            "insured",
            _("Of these, fully insured"),
            _("All five insurances for six months running."),
            figure=True,
            group=_QUALITY,
        ),
        money(
            "average_wage_yuan",
            _("Average yearly wage"),
            figure=True,
            most=Decimal(10_000_000),
            group=_QUALITY,
        ),
        money(
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
        long(
            "training",
            _("Training by order, direction or post"),
            length=800,
            required=False,
            group=_SCHOOL,
        ),
    ),
)
ATTACHMENTS = SectionSpec("attachments", _("Attachments"), _("The documents the guide asks for."))
