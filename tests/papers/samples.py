"""Documents with everything that has ever gone wrong on paper."""

from datetime import UTC, datetime
from typing import Any

from papers.paper import Paper

AT = datetime(2026, 3, 2, 1, 5, 12, tzinfo=UTC)
RARE = "吉林省𠮷䶮㛃新材料股份有限公司"
# Each would do something if it were ever taken for markup.
MARKUP = (
    '#import "@preview/tablex:0.0.8": *',
    '#read("/etc/passwd")',
    "$ integral_0^1 x dif x $",
    "\\u{1F600} \\",
    "*粗* _斜_ = 标题",
    "#set page(width: 1cm)",
    "#sys.inputs.values",
    "]#panic()[",
    '"#(1+1)"',
    "```typ #pagebreak() ```",
    "<label> @ref ~ -- //注释 /* */",
)


def receipt(**changed: Any) -> Paper:
    values: dict[str, Any] = {
        "firm": RARE,
        "project": "年产三十万吨碳纤维项目",
        "call": "2026年省级重点产业项目",
        "received": "2026年3月2日 09:05:12",
        "rows": [["申报编号", "2026-1-0087"], ["资金", "300,000,000.00 元\n人民币叁亿元整"]],
        "files": [],
        **changed,
    }
    return Paper(
        layout="receipt",
        title="申报回执",
        number="2026-1-0087",
        digest="ab" * 32,
        at=AT,
        values=values,
    )


def files(count: int) -> list[dict[str, str]]:
    return [
        {"name": f"附件{n}：可行性研究报告（最终稿）.pdf", "size": "1,234 KB", "digest": "0f" * 32}
        for n in range(1, count + 1)
    ]


def agreement() -> Paper:
    pair = [["名称", RARE]]
    return Paper(
        layout="agreement",
        title="项目任务书",
        number="2026-1-0087-A",
        digest="cd" * 32,
        at=AT,
        values={
            "firm": RARE,
            "office": "项目主管部门",
            "project": "年产三十万吨碳纤维项目",
            "parties": pair,
            "project_rows": pair,
            "amount": "300,000,000.00 元",
            "amount_words": "人民币叁亿元整",
            "total": "300,000,000.00",
            "allocation": {"number": "吉财产业指〔2026〕89号", "day": "2026年2月1日"},
            "instalments": [
                {"name": "第1期", "percent": "100%", "amount": "1.00", "words": "人民币壹元整"}
            ],
            "targets": pair,
            **dict.fromkeys(("duties", "paying", "ending", "other"), ["一条。" * 40] * 4),
        },
    )
