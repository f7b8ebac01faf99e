"""Invented firms and dossiers, the same for the same seed. Plain Python.

Three firms are fixed: the two of the worked vectors (四平 换热装备, 辽源 袜业) and the one that the
demo's applicant owns. All others are drawn; their strength decides figures and, later, marks.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from stdnum.cn import uscc

from rehearsal.words import BRANDS, DEFAULT_PRODUCTS, GIVEN, ORIGINS, PRODUCTS, SURNAMES

WAN = Decimal(10_000)
Sections = dict[str, dict[str, str]]
# Where a prefecture's projects are built: its districts and counties; 梅河口 stands alone.
COUNTIES = {
    "220300": ("220302", "220303", "220322", "220323", "220382"),
    "220400": ("220402", "220403", "220421", "220422"),
    "220500": ("220502", "220503", "220521", "220523", "220524", "220582"),
    "220581": ("220581",),
}
PREFECTURES = tuple(COUNTIES)


@dataclass(frozen=True, slots=True)
class Industry:
    """An industry to invent for: its code, its Chinese name, and the regions it clusters in."""

    code: str
    name: str
    regions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Dossier:
    """A firm and the dossier it will file. `strength` runs from 0 (weak) to 1 (strong)."""

    firm: str
    uscc: str
    region: str
    representative: str
    industry: str
    title: str
    strength: float
    sections: Sections


def person(rng: Random) -> str:
    """A Chinese name."""
    return rng.choice(SURNAMES) + rng.choice(GIVEN)


def firm_code(region: str, serial: int) -> str:
    """A unified social credit code with its right check digit (GB 32100-2015)."""
    body = f"91{region}MA{serial:07d}"
    return body + uscc.calc_check_digit(body)


def wan(value: float | str) -> str:
    """万元 → yuan, as the dossier stores it."""
    return f"{Decimal(str(value)) * WAN:.2f}"


def _spread(rng: Random, low: float, high: float, strength: float, places: int = 0) -> float:
    """A figure between low and high that follows the strength, with noise."""
    share = min(1.0, max(0.0, strength + rng.uniform(-0.22, 0.22)))
    return round(low + (high - low) * share, places)


def _investment(rng: Random, strength: float, ceiling: int) -> dict[str, str]:
    total = int(_spread(rng, 5_000, 36_000, strength, -2))
    asked = min(ceiling, max(300, int(total * rng.uniform(0.07, 0.11) // 10 * 10)))
    construction = total * 31 // 100
    equipment = total * 57 // 100
    secured = (total - asked) * _spread(rng, 0.45, 1.0, strength, 3)
    return {
        "fixed_assets_yuan": wan(total),
        "construction_yuan": wan(construction),
        "equipment_yuan": wan(equipment),
        "other_costs_yuan": wan(total - construction - equipment),
        "invested_yuan": wan(int(total * _spread(rng, 0.05, 0.75, strength, 3))),
        "own_funds_yuan": wan(int(secured * 0.65)),
        "signed_loans_yuan": wan(int(secured * 0.35)),
        "requested_yuan": wan(asked),
        "other_money": "no",
        "other_money_detail": "",
    }


def _employment(rng: Random, strength: float) -> dict[str, str]:
    baseline = rng.randrange(40, 260)
    jobs = int(_spread(rng, 15, 260, strength))
    employed = baseline + rng.randrange(0, 12)
    return {
        "baseline_headcount": str(baseline),
        "promised_headcount": str(baseline + jobs),
        "priority_headcount": str(int(jobs * _spread(rng, 0.04, 0.28, strength, 3))),
        "employed": str(employed),
        "insured": str(int(employed * _spread(rng, 0.82, 1.0, strength, 3))),
        "average_wage_yuan": wan(_spread(rng, 5.2, 8.4, strength, 2)),
        "local_wage_yuan": wan("6.5"),
        "school": rng.choice(("running", "signed", "none")),
        "training": "与本地职业技术学院开设订单班，每年定向培养技术工人。",
    }


def _land(
    rng: Random, strength: float, investment: Mapping[str, str], serial: int
) -> dict[str, str]:
    held = 1 + int(_spread(rng, 0, 4.4, strength))
    names = ("permit_filing", "permit_land", "permit_planning", "permit_eia", "permit_construction")
    mu = max(5, int(Decimal(investment["fixed_assets_yuan"]) / WAN / rng.randrange(200, 460)))
    return {
        "land_mu": str(mu),
        "parcel": f"国有建设用地〔2025〕{serial:04d}号",
        "filing_no": f"备案〔2025〕{serial:04d}号",
        "filing_investment_yuan": investment["fixed_assets_yuan"],
        **{name: "yes" if i < held else "no" for i, name in enumerate(names)},
    }


def _money_of_a_year(
    rng: Random, strength: float, land_mu: str
) -> tuple[dict[str, str], dict[str, str]]:
    revenue = int(_spread(rng, 6_000, 42_000, strength, -2))
    technology = {
        "rd_spend_yuan": wan(int(revenue * _spread(rng, 0.008, 0.058, strength, 4))),
        "revenue_yuan": wan(revenue),
        "patents": str(int(_spread(rng, 0, 40, strength))),
        "chain_role": rng.choice(("fill", "extend", "extend", "strengthen", "none")),
        "chain_text": "为本地龙头企业就近配套，减少外购半成品，带动上下游中小企业。",
    }
    market = {
        "market": "已与三家长期客户签订供货合同，其余为意向订单。",
        "orders_percent": str(int(_spread(rng, 5, 75, strength))),
        "output_yuan": wan(int(revenue * 1.4)),
        "tax_yuan": wan(int(int(land_mu) * _spread(rng, 3, 17, strength, 1))),
        "profit_yuan": wan(int(revenue * 0.09)),
    }
    return technology, market


def sections_of(
    rng: Random, strength: float, ceiling: int, serial: int, name: str, product: str
) -> Sections:
    """The typed sections of a dossier without the project texts that depend on the call."""
    investment = _investment(rng, strength, ceiling)
    land = _land(rng, strength, investment, serial)
    technology, market = _money_of_a_year(rng, strength, land["land_mu"])
    technology |= {
        "technology": f"{product}生产采用国内先进工艺，关键工序自动化率较高，检测能力覆盖全过程。",
        "products": f"主要产品为{product}，形成系列规格，供应东北及华东客户。",
    }
    return {
        "firm": {
            "legal_representative": name,
            "registered_capital_yuan": wan(rng.randrange(500, 8_000, 100)),
            "established_on": f"20{rng.randrange(8, 24):02d}-0{rng.randrange(1, 9)}-15",
            "moved_from": rng.choice(ORIGINS),
            "transfer_kind": rng.choice(("relocation", "branch", "expansion")),
            "main_business": f"{product}的研发、生产和销售。",
            "incidents": "no",
            "contact_name": person(rng),
            "contact_phone": f"0434-5{rng.randrange(100000, 999999)}",
        },
        "investment": investment,
        "land_permits": land,
        "technology": technology,
        "market": market,
        "green": {
            "energy_level": rng.choice(("advanced", "advanced", "benchmark", "no_norm")),
            "energy_use": str(rng.randrange(400, 9_000)),
            "environment": "废水经站内处理后排入园区管网，废气两级处理，固废分类贮存并委托处置。",
            "safety": "落实安全设施三同时，设置专职安全员，重点部位在线监测，每季度演练。",
        },
        "employment": _employment(rng, strength),
    }


VECTOR_A = {
    "investment": {
        "fixed_assets_yuan": wan(32000),
        "construction_yuan": wan(11200),
        "equipment_yuan": wan(17600),
        "other_costs_yuan": wan(3200),
        "invested_yuan": wan(12800),
        "own_funds_yuan": wan(18000),
        "signed_loans_yuan": wan(8000),
        "requested_yuan": wan(2400),
        "other_money": "no",
        "other_money_detail": "",
    },
    "land_permits": {
        "land_mu": "80",
        "filing_investment_yuan": wan(32000),
        "permit_filing": "yes",
        "permit_land": "yes",
        "permit_planning": "yes",
        "permit_eia": "yes",
        "permit_construction": "yes",
    },
    "technology": {"rd_spend_yuan": wan(840), "revenue_yuan": wan(20000)},
    "market": {"tax_yuan": wan(1000)},
    "green": {"energy_level": "advanced"},
    "employment": {
        "baseline_headcount": "132",
        "promised_headcount": "300",
        "priority_headcount": "30.2",
        "employed": "140",
        "insured": "140",
        "average_wage_yuan": wan("7.02"),
        "local_wage_yuan": wan("6.5"),
    },
}
# Firms the demo's people own: one project of theirs in each call, in turn.
FIXED: tuple[tuple[str, str, str, int, tuple[str, ...]], ...] = (
    (
        "梅河口松源果仁食品有限公司",
        "220581",
        "果仁加工",
        4,
        (
            "松籽仁精深加工及冷链项目",
            "松籽壳活性炭综合利用项目",
            "坚果植物蛋白饮料项目",
            "红松籽油冷榨产线项目",
        ),
    ),
    (
        "四平恒岳换热装备有限公司",
        "220300",
        "特色装备",
        1,
        (
            "高效板式换热机组智能产线",
            "余热回收换热站装备项目",
            "蒸发冷却机组产业化项目",
            "换热器再制造中心项目",
        ),
    ),
)


def dossiers(
    rng: Random, count: int, industries: Sequence[Industry], first: int, ceiling: int, turn: int = 0
) -> Iterator[Dossier]:
    """`count` dossiers of different firms; serial numbers of firms begin at `first` (> 100).

    `turn`: which call of the house this is, from 0; the fixed firms bring a new project each time.
    """
    by_name = {i.name: i for i in industries}
    for position in range(count):
        if position < len(FIXED) and FIXED[position][2] in by_name:
            yield _fixed(rng, position, by_name, ceiling, turn)
            continue
        yield _drawn(rng, rng.choice(list(industries)), first + position, ceiling)


def _fixed(
    rng: Random, position: int, by_name: Mapping[str, Industry], ceiling: int, turn: int
) -> Dossier:
    firm, region, industry, serial, titles = FIXED[position]
    name, strength, title = person(rng), 0.78, titles[turn % len(titles)]
    sections = sections_of(rng, strength, ceiling, serial, name, title)
    for code, values in (VECTOR_A if position == 1 and turn == 0 else {}).items():
        sections[code] |= values
    return Dossier(
        firm,
        firm_code(region, serial),
        region,
        name,
        by_name[industry].code,
        title,
        strength,
        sections,
    )


def _drawn(rng: Random, industry: Industry, serial: int, ceiling: int) -> Dossier:
    around = industry.regions if industry.regions and rng.random() < 0.8 else PREFECTURES
    region = rng.choice(COUNTIES[rng.choice(around)])
    place = {"2203": "四平", "2204": "辽源", "2205": "通化"}.get(region[:4], "四平")
    place = "梅河口" if region == "220581" else place
    trade, title, product = rng.choice(PRODUCTS.get(industry.name, DEFAULT_PRODUCTS))
    brand = BRANDS[serial % len(BRANDS)]
    name, strength = person(rng), min(0.98, max(0.05, rng.gauss(0.58, 0.2)))
    return Dossier(
        firm=f"{place}{brand}{trade}有限公司",
        uscc=firm_code(region, serial),
        region=region,
        representative=name,
        industry=industry.code,
        title=f"{title}项目",
        strength=strength,
        sections=sections_of(rng, strength, ceiling, serial, name, product),
    )
