"""Agreement and allocation notice as documents, set from what was frozen and nothing else.

Documents are in Chinese whoever reads them; only the facts for the verification page are in the
reader's language.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from applications import money
from awards.models import Agreement, AllocationNotice
from awards.terms import EDITIONS
from calendars.wording import day_text, moment_text
from papers.paper import Paper

AGREEMENT = "项目任务书"
ALLOCATION = "资金下达通知（登记件）"
TARGETS: Mapping[str, str] = {
    "fixed_assets_yuan": "固定资产投资总额",
    "invested_yuan": "已完成投资",
    "baseline_headcount": "基期参保人数",
    "promised_headcount": "承诺参保人数",
    "average_wage_yuan": "人均年工资",
    "tax_yuan": "年税收",
}


def agreement_paper(agreement: Agreement) -> Paper:
    """The agreement to be signed, as drawn up. Asks the database nothing."""
    told = agreement.content
    amount = Decimal(told["amount"])
    return Paper(
        layout="agreement",
        title=AGREEMENT,
        number=agreement.number,
        digest=agreement.digest,
        at=agreement.drawn_up_at,
        values={
            "firm": told["firm"]["name"],
            "office": told["office"],
            "project": told["title"],
            "parties": _parties(told),
            "project_rows": _project(told),
            "amount": f"{money.yuan(amount)} 元",
            "amount_words": money.daxie(amount),
            "total": money.yuan(amount),
            "allocation": {
                "number": told["allocation"]["number"],
                "day": _day(told["allocation"]["issued_on"]),
            },
            "instalments": [_instalment(part) for part in told["instalments"]],
            "targets": [
                [label, _target(name, told["targets"][name])]
                for name, label in TARGETS.items()
                if name in told["targets"]
            ],
            **_terms(told),
        },
        facts=(
            (_("Applicant"), told["firm"]["name"]),
            (_("Project"), told["title"]),
            (pgettext("grant", "Sum"), f"{money.yuan(amount)} 元 {money.daxie(amount)}"),
        ),
    )


def _parties(told: Mapping[str, Any]) -> list[list[str]]:
    firm = told["firm"]
    return [
        ["甲方（主管部门）", told["office"]],
        ["乙方（承担单位）", firm["name"]],
        ["统一社会信用代码", firm["uscc"]],
        ["法定代表人", firm["legal_representative"] or "—"],
        ["住所", firm["address"] or "—"],
    ]


def _project(told: Mapping[str, Any]) -> list[list[str]]:
    return [
        ["项目名称", told["title"]],
        ["申报编号", told["application"]],
        ["建设地点", told["region"]["name"]],
        ["立项依据", f"{told['call']['name']}（{told['call']['number']}）"],
    ]


def _instalment(part: Mapping[str, Any]) -> dict[str, str]:
    amount = Decimal(part["amount"])
    return {
        "name": f"第{part['sequence']}期",
        "percent": f"{part['percent']}%",
        "amount": money.yuan(amount),
        "words": money.daxie(amount),
    }


def _target(name: str, value: str) -> str:
    if not value:
        return "—"
    figure = Decimal(value)
    if name.endswith("_yuan"):
        return f"{money.wan(figure)} 万元"
    return f"{money.grouped(figure)} 人"


def _terms(told: Mapping[str, Any]) -> dict[str, list[str]]:
    """The articles of the edition; the last one says where the figures are from."""
    terms = EDITIONS[told["terms"]]
    source = (
        f"本任务书的数据取自乙方第{told['submission']['version']}版申报材料（SM3 摘要"
        f" {told['submission']['digest']}）及经确认的现场核查结果。"
    )
    due = f"双方应当自本任务书拟定之日起 {told['days']} 个工作日内签章。"
    return {
        "duties": list(terms.duties),
        "paying": list(terms.paying),
        "ending": list(terms.ending),
        "other": [due, *terms.other, source],
    }


def _day(iso: str) -> str:
    return day_text(date.fromisoformat(iso), "zh-hans", year_now=None)


def allocation_paper(notice: AllocationNotice) -> Paper:
    """What the finance department's letter gives to each region and project. Asks nothing."""
    told = notice.content
    total = Decimal(told["total"])
    return Paper(
        layout="allocation",
        title=ALLOCATION,
        number=notice.number,
        digest=notice.digest,
        at=notice.recorded_at,
        values={
            "issued": _day(told["issued_on"]),
            "call": told["call"]["name"],
            "count": len(told["projects"]),
            "total": f"{money.yuan(total)} 元",
            "total_words": money.daxie(total),
            "total_wan": money.wan(total),
            "regions": _regions(told["projects"]),
            "recorded_by": told["recorded_by"],
            "recorded_at": moment_text(notice.recorded_at, "zh-hans", year_now=None, week=False),
        },
        facts=(
            (pgettext("letter", "Issued on"), _day(told["issued_on"])),
            (_("Projects"), str(len(told["projects"]))),
            (pgettext("grant", "Sum"), f"{money.yuan(total)} 元 {money.daxie(total)}"),
        ),
    )


def _regions(projects: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """By reporting region in the order of their codes, numbered through."""
    ordered = sorted(projects, key=lambda row: (row["line"]["code"], row["number"]))
    numbered = enumerate(ordered, start=1)
    return [
        {
            "name": name,
            "total": money.wan(sum((Decimal(row["amount"]) for _n, row in rows), Decimal(0))),
            "rows": [
                {
                    "n": n,
                    "number": row["number"],
                    "project": row["title"],
                    "firm": row["firm"],
                    "amount": money.wan(Decimal(row["amount"])),
                }
                for n, row in rows
            ],
        }
        for (_code, name), rows in (
            (key, list(group))
            for key, group in groupby(
                numbered, key=lambda pair: (pair[1]["line"]["code"], pair[1]["line"]["name"])
            )
        )
    ]
