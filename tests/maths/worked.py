"""The two worked projects of the first sheet, figure by figure, and small builders for tests."""

from dataclasses import replace
from decimal import Decimal as D

from applications.figures import Figures

WAN = 10_000

# A 四平 换热装备: 32000 万元, 80 亩, secured 26000, asks 2400; 168 net new jobs, 18 % priority.
PROJECT_A = Figures(
    fixed_assets_yuan=D(32000 * WAN),
    land_mu=D(80),
    own_funds_yuan=D(16000 * WAN),
    signed_loans_yuan=D(10000 * WAN),
    requested_yuan=D(2400 * WAN),
    rd_spend_yuan=D(1344 * WAN),
    revenue_yuan=D(32000 * WAN),
    tax_yuan=D(1000 * WAN),
    invested_yuan=D(12800 * WAN),
    baseline_headcount=D(340),
    promised_headcount=D(508),
    insured=D(340),
    employed=D(340),
    average_wage_yuan=D("64800"),
    local_wage_yuan=D("60000"),
    priority_headcount=D("30.24"),
    permit_filing=True,
    permit_land=True,
    permit_planning=True,
    permit_eia=True,
    permit_construction=True,
    energy_level="advanced",
    catalogue_match="cluster",
)
ITEMS_A = {
    "Q1.1": "8.00",
    "Q2.1": "6.00",
    "Q2.2": "4.00",
    "Q2.3": "5.27",
    "Q3.2": "4.20",
    "Q4.2": "4.17",
    "Q5.1": "4.00",
    "Q6.1": "5.00",
    "Q6.2": "3.33",
    "J1.1": "6.72",
    "J2.1": "3.28",
    "J2.2": "1.87",
    "J3.1": "4.00",
    "J3.2": "2.80",
    "J4.1": "2.70",
}

# B 辽源 袜业: 9000 万元, 45 亩, secured 7000, asks 900; 420 net new jobs, 25 % priority.
PROJECT_B = replace(
    PROJECT_A,
    fixed_assets_yuan=D(9000 * WAN),
    land_mu=D(45),
    own_funds_yuan=D(7000 * WAN),
    signed_loans_yuan=D(0),
    requested_yuan=D(900 * WAN),
    rd_spend_yuan=D(150 * WAN),
    revenue_yuan=D(10000 * WAN),
    tax_yuan=D(400 * WAN),
    invested_yuan=D(3600 * WAN),
    baseline_headcount=D(0),
    promised_headcount=D(420),
    insured=D(93),
    employed=D(100),
    average_wage_yuan=D(57000),
    local_wage_yuan=D(60000),
    priority_headcount=D(105),
    permit_construction=False,
    energy_level="benchmark",
)
ITEMS_B = {
    "Q1.1": "8.00",
    "Q2.1": "1.80",
    "Q2.2": "2.00",
    "Q2.3": "5.19",
    "Q3.2": "1.50",
    "Q4.2": "2.96",
    "Q5.1": "2.00",
    "Q6.1": "4.00",
    "Q6.2": "3.33",
    "J1.1": "8.00",
    "J2.1": "5.00",
    "J2.2": "4.00",
    "J3.1": "2.60",
    "J3.2": "1.50",
    "J4.1": "3.00",
}
