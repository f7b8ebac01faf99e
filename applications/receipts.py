"""The receipt of a submission as a document: Chinese, from what was frozen."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from applications import money
from applications.models import Submission
from calendars.wording import day_text, local
from papers.paper import Paper

TITLE = "申报回执"


def receipt_paper(submission: Submission) -> Paper:
    """Asks the database nothing when the submission comes with its dossier's call and its author.

    The call's name is that of its publication, which stays.
    """
    told = submission.content
    asked = Decimal(told["figures"]["requested_yuan"])
    received = _instant(submission)
    return Paper(
        layout="receipt",
        title=TITLE,
        number=submission.receipt,
        digest=submission.digest,
        at=submission.submitted_at,
        values={
            "firm": told["firm"]["name"],
            "project": told["title"],
            "call": submission.application.call.name_zh,
            "received": received,
            "rows": [
                ["申报编号", told["number"]],
                ["版本", f"第{told['version']}版"],
                ["申报单位", told["firm"]["name"]],
                ["统一社会信用代码", told["firm"]["uscc"]],
                ["申请支持资金", f"{money.yuan(asked)} 元\n{money.daxie(asked)}"],
                ["附件", f"{len(told['attachments'])} 件"],
                ["提交人", str(submission.submitted_by)],
                ["收到时间", received],
            ],
            "files": [_file(kept) for kept in told["attachments"]],
        },
        facts=(
            (_("Applicant"), told["firm"]["name"]),
            (_("Project"), told["title"]),
            (_("Support asked for"), f"{money.yuan(asked)} 元 {money.daxie(asked)}"),
            (_("Received at"), received),
        ),
    )


def _instant(submission: Submission) -> str:
    at = local(submission.submitted_at)
    return f"{day_text(at, 'zh-hans', year_now=None)} {at:%H:%M:%S}"


def _file(kept: dict[str, Any]) -> dict[str, str]:
    """Name, size in kB and digest of an attachment."""
    size = max(1, -(-int(kept["size"]) // 1024))
    return {"name": kept["name"], "size": f"{size:,} KB", "digest": kept["digest"]}
