"""The meeting that decides on a list."""

from typing import Any

from accounts.models import User
from applications.models import Call
from audit import clock
from awards.models import Minutes
from awards.services.minutes import record_minutes
from rehearsal.papers import pdf


def minutes(call: Call, by: User, **more: Any) -> Minutes:
    """Its minutes, held today."""
    values: dict[str, Any] = {
        "number": "厅务会纪要〔2026〕8号",
        "held_on": clock.today(),
        "participants": "领审定，省工信厅，厅长\n秦项目，省工信厅，处长",
        "decisions": "同意按评审结果安排，名单见附件。",
        "upload": pdf("会议纪要", "设备付款凭证"),
        "by": by,
        **more,
    }
    return record_minutes(call=call, **values)
