"""得分告知书: what the firm may read of its points, as frozen content and as a document.

The content is made from the very page that the firm reads (`reviews.views.entry_page` without
names), so that no document says more than it. Chinese, whoever asks.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from applications import money
from applications.sheet import Sheet
from papers.paper import Paper
from reviews.models import PointsStatement, RankingEntry
from reviews.views.entry_page import page

TITLE = "评审得分告知书"


def content_of(entry: RankingEntry, sheet: Sheet) -> dict[str, Any]:
    """What the statement of an entry says, JSON-able."""
    with translation.override("zh-hans"):
        return _content(entry, page(entry, sheet, named=False))


def _content(entry: RankingEntry, shown: Mapping[str, Any]) -> dict[str, Any]:
    hearing = shown["hearing"]
    return {
        "ranking": {"version": entry.ranking.version, "digest": entry.ranking.digest},
        "head": _head(entry, shown),
        "notices": _notices(entry, shown),
        "formula": [_formula(row) for row in shown["formula"]],
        "paper": _stage(shown),
        "voided": [str(words) for words in shown["voided"]],
        "sums": _sums(entry, shown),
        "hearing": hearing
        and {
            "came": hearing["came"],
            "percent": hearing["percent"],
            **_stage(hearing),
            "weighing": _working(hearing["sums"]),
        },
        "place": [[str(label), str(value)] for label, value in shown["place"]["rows"]],
        "rules": [[str(label), str(value)] for label, value in shown["rules"]],
        "comments": [
            {"name": group["name"], "said": [list(said) for said in group["said"]], "stage": stage}
            for stage, groups in _said(shown)
            for group in groups
        ],
    }


def _head(entry: RankingEntry, shown: Mapping[str, Any]) -> list[list[str]]:
    application = entry.application
    rows = [
        ["项目名称", application.title],
        ["申报编号", application.number or ""],
        ["申报单位", application.firm.name],
        ["评审批次", f"{entry.ranking.call.name_zh}（{entry.ranking.call.number}）"],
        ["总分", _points(entry.total)],
        ["位次", f"第{entry.rank}名" if entry.rank else str(shown["state_label"])],
    ]
    if shown["decided"]:
        rows.append(["同分排序", f"{shown['decided']} {shown['minutes_no']}".strip()])
    return [[label, str(value)] for label, value in rows]


def _notices(entry: RankingEntry, shown: Mapping[str, Any]) -> list[str]:
    said = [str(veto) for veto in shown["vetoes"]]
    said += [
        f"{c['label']}：申报为 {c['submitted']}，现场核查为 {c['found']}，公式按核查结果计算。"
        for c in shown["corrected"]
    ]
    if entry.tied:
        said.append("本项目与其他项目并列，次序由会议共同确定并经复核。")
    return said


def _formula(row: Mapping[str, Any]) -> dict[str, str]:
    return {
        "code": row["code"],
        "name": row["name"],
        "rule": str(row["rule"]),
        "working": str(row["working"]),
        "note": str(row["note"]),
        "score": _points(row["score"]),
        "max": _most(row["max"]),
    }


def _stage(shown: Mapping[str, Any]) -> dict[str, Any]:
    """The experts of one stage leaf by leaf, and what of them counts."""
    return {
        "leaves": [
            {"code": leaf["code"], "name": leaf["name"], "max": _most(leaf["max"])}
            for leaf in shown["leaves"]
        ],
        "rows": [_judge(row) for row in shown["judge_rows"]],
        "mean": _working(shown["mean"]),
    }


def _judge(row: Mapping[str, Any]) -> dict[str, Any]:
    judge = row["judge"]
    return {
        "label": row["label"],
        "marks": [_points(mark) for _code, mark in row["marks"]],
        "quality": _points(judge.quality),
        "employment": _points(judge.employment),
        "total": _points(judge.total),
        "counts": row["counts"][1],
    }


WORKINGS = (("total", "合计"), ("employment", "其中就业贡献"), ("quality", "其中项目质量"))


def _working(sums: Mapping[str, str] | None) -> list[list[str]]:
    return [[label, sums[name]] for name, label in WORKINGS] if sums else []


def _sums(entry: RankingEntry, shown: Mapping[str, Any]) -> dict[str, Any]:
    """Points by source and dimension; with a hearing, by stage too."""
    parts, hearing = shown["parts"], shown["hearing"]
    rows = [
        ["公式计分", parts["formula_quality"], parts["formula_employment"], None],
        ["专家评分", parts["expert_quality"], parts["expert_employment"], None],
    ]
    if hearing:
        for name, label in (("paper", "书面评审"), ("points", "答辩")):
            points = hearing[name]
            rows.append([label, *(points.get(n) for n in ("quality", "employment", "total"))])
    rows.append(["总分", entry.quality, entry.employment, entry.total])
    full = shown["full"]
    return {
        "title": "总分",
        "head": [
            "来源",
            f"项目质量（满分 {_most(full['quality'])}）",
            f"就业贡献（满分 {_most(full['employment'])}）",
            "合计",
        ],
        "rows": [[label, *map(_points, values)] for label, *values in rows],
    }


def _said(shown: Mapping[str, Any]) -> Sequence[tuple[str, Sequence[Any]]]:
    hearing = shown["hearing"]
    spoken = [("答辩", hearing["comments"])] if hearing else []
    return [("书面评审", shown["comments"]), *spoken]


def _points(value: Any) -> str:
    return "—" if value is None else f"{value:.2f}"


def _most(value: Any) -> str:
    return money.grouped(value)


def statement_paper(statement: PointsStatement) -> Paper:
    """The statement as a document; asks the database nothing."""
    told = statement.content
    head = dict(told["head"])
    return Paper(
        layout="statement",
        title=TITLE,
        number=statement.number,
        digest=statement.digest,
        at=statement.issued_at,
        values={name: told[name] for name in told if name != "ranking"},
        facts=(
            (_("Applicant"), head["申报单位"]),
            (_("Project"), head["项目名称"]),
            (_("Total"), head["总分"]),
            (_("Rank"), head["位次"]),
        ),
    )
