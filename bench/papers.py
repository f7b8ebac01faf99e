"""Documents set as PDF, each with values of its own, as a process does that has set one before."""

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import django

from bench.figures import Figure, Found

MOST = 0.2  # seconds for one document
ROUNDS = 30


def _ready() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()


def receipt(n: int) -> dict[str, Any]:
    return {
        "firm": f"吉林长白山第{n}新材料股份有限公司",
        "project": f"年产三十万吨碳纤维及复合材料一体化项目（{n}期）",
        "call": "2026年省级重点产业项目竞争性评审",
        "received": "2026年3月2日 09:05:12",
        "rows": [["申报编号", f"2026-1-{n:04}"], ["资金", "300,000,000.00 元\n人民币叁亿元整"]] * 4,
        "files": [
            {"name": f"附件{at}-{n}.pdf", "size": "1,234 KB", "digest": f"{at:032x}{n:032x}"}
            for at in range(20)
        ],
    }


def agreement(n: int) -> dict[str, Any]:
    pairs = [[f"目标{at}", f"{n:,} 万元"] for at in range(6)]
    part = {"percent": "50%", "amount": f"{n}.00", "words": "人民币壹仟伍佰万元整"}
    return {
        "firm": f"吉林长白山第{n}新材料股份有限公司",
        "office": "项目主管部门",
        "project": f"年产三十万吨碳纤维项目（{n}期）",
        "parties": pairs,
        "project_rows": pairs,
        "amount": "30,000,000.00 元",
        "amount_words": "人民币叁仟万元整",
        "total": "30,000,000.00",
        "allocation": {"number": "吉财产业指〔2026〕89号", "day": "2026年2月1日"},
        "instalments": [{"name": f"第{at}期", **part} for at in (1, 2, 3)],
        "targets": pairs,
        **dict.fromkeys(
            ("duties", "paying", "ending", "other"), [f"第{n}条，双方应当遵守。" * 6] * 4
        ),
    }


def allocation(n: int) -> dict[str, Any]:
    """A hundred projects in ten regions."""
    rows = [
        {
            "n": at,
            "number": f"2026-{n}-{at:04}",
            "project": f"第{at}-{n}号技术改造和扩能项目",
            "firm": f"吉林第{at}制造有限公司",
            "amount": f"{at + n:,}",
        }
        for at in range(10)
    ]
    return {
        "issued": "2026年2月1日",
        "call": "2026年省级重点产业项目竞争性评审",
        "count": 100,
        "total": "300,000,000.00 元",
        "total_words": "人民币叁亿元整",
        "total_wan": "30,000",
        "regions": [{"name": f"第{at}市", "total": "3,000", "rows": rows} for at in range(10)],
        "recorded_by": "财经办",
        "recorded_at": "2026年2月2日 09:00",
    }


def statement(n: int) -> dict[str, Any]:
    """Thirteen formulas, seven experts on five leaves, 35 comments."""
    leaves = [{"code": f"Q{at}.1", "name": f"第{at}项指标", "max": "6"} for at in range(5)]
    said = [[f"专家{at}", f"总体可行，意见{n}-{at}。" * 8] for at in range(7)]
    formula = {"rule": "按对数折算", "working": f"ln({n + 2}) / ln(20)", "note": ""}
    judge = {"marks": ["5.10"] * 5, "quality": "18.80", "employment": "1.50", "total": "20.30"}
    return {
        "head": [["项目名称", f"第{n}号项目"], ["总分", "88.45"]],
        "notices": [],
        "formula": [
            {"code": f"Q2.{at}", "name": f"指标{at}", "score": "3.72", "max": "6", **formula}
            for at in range(13)
        ],
        "paper": {
            "leaves": leaves,
            "rows": [{"label": f"专家{at}", "counts": "计入", **judge} for at in range(7)],
            "mean": [["合计", "(20.30 + 20.10) ÷ 2 = 20.20"]],
        },
        "voided": [],
        "sums": {
            "title": "总分",
            "head": ["来源", "项目质量", "就业贡献", "合计"],
            "rows": [["总分", "60.00", "28.45", "88.45"]],
        },
        "hearing": None,
        "place": [["位次", f"第{n}名"]],
        "rules": [["专家", "去掉一个最高分和一个最低分"]],
        "comments": [{"name": leaf["name"], "said": said, "stage": "书面评审"} for leaf in leaves],
    }


def setting(layout: str, values: Callable[[int], dict[str, Any]]) -> Callable[[], Any]:
    def prepare() -> Callable[[], Found]:
        _ready()
        from papers.paper import Paper
        from papers.setting import set_paper

        def one(n: int) -> int:
            at = datetime(2026, 3, 2, 1, tzinfo=UTC)
            return len(set_paper(Paper(layout, "文书", f"2026-{n}", f"{n:064x}", at, values(n))))

        one(0)  # finds the fonts

        def work() -> Found:
            clocks, processors = [], []
            for n in range(1, ROUNDS + 1):
                clock, processor = time.perf_counter(), time.process_time()
                one(n)
                clocks.append(time.perf_counter() - clock)
                processors.append(time.process_time() - processor)
            typical, slowest = sorted(clocks)[ROUNDS // 2], max(processors)
            return Found(
                f"{typical * 1000:.0f} ms a document, the slowest {slowest * 1000:.0f} ms of"
                f" processor (limit {MOST * 1000:.0f} ms)",
                holds=slowest <= MOST,
            )

        return work

    return prepare


FIGURES = (
    Figure("PDF: receipt with 20 files", setting("receipt", receipt)),
    Figure("PDF: agreement", setting("agreement", agreement)),
    Figure("PDF: allocation notice of 100 projects", setting("allocation", allocation)),
    Figure("PDF: statement of points with 35 comments", setting("statement", statement)),
)
