"""The holidays of a year, entered and confirmed by two people on the pages."""

from django.urls import reverse

from accounts.waiting import waiting_for
from audit import clock
from calendars.models import CalendarYear, YearState
from notifications.models import Job

NOTICE = """
一、元旦：1月1日（周五）至3日（周日）放假调休，共3天。
二、春节：2月5日（农历除夕、周五）至11日（周四）放假调休，共7天。2月14日（周日）上班。
三、清明节：4月3日（周六）至5日（周一）放假调休，共3天。
四、劳动节：5月1日（周六）至5日（周三）放假调休，共5天。5月8日（周六）上班。
五、端午节：6月9日（周三）放假。
六、中秋节：9月15日（周三）放假。
七、国庆节：10月1日（周五）至7日（周四）放假调休，共7天。10月9日（周六）上班。
"""


def test_a_notice_by_two_people(sysadmin, secadmin, client_of, year_in_force):
    year = clock.today().year + 1
    system, security = client_of(sysadmin), client_of(secadmin)
    unreadable = system.post(
        "/people/calendar/new/", {"year": year, "source_no": "1号", "text": "无"}
    )
    assert list(unreadable.context["form"].errors) == ["text"]
    response = system.post(
        "/people/calendar/new/",
        {"year": year, "source_no": "国办发明电〔2026〕9号", "text": NOTICE},
    )
    notice = CalendarYear.objects.get(state=YearState.PROPOSED)
    assert response.url == reverse("accounts:calendar_year", args=[notice.pk])
    confirm = reverse("accounts:calendar_confirm", args=[notice.pk])
    assert system.post(confirm).status_code == 403
    assert str(year) in str(waiting_for(secadmin, clock.now())[0].title)
    assert security.post(confirm).status_code == 302
    notice.refresh_from_db()
    assert (notice.state, notice.confirmed_by_id) == (YearState.PUBLISHED, secadmin.pk)
    assert [job.task for job in Job.objects.order_by("task")] == [
        f"{app}.tasks.recount" for app in ("applications", "awards", "reviews", "secretaries")
    ]
    assert security.post(confirm).status_code == 409
