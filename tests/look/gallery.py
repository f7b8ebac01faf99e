"""Pages that exist for the tests only, built of the components as real pages are."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLResolver, include, path

from config import session
from tests.look import samples
from tests.look.samples import CLOSES, DIGEST, LONG, NASTY, NEXT_YEAR, NOW, OPENS, ROWS, thing


def page(request: HttpRequest, name: str, **context: object) -> HttpResponse:
    """A gallery page, on Monday 8 June 2026 at 09:30."""
    request.clock = SimpleNamespace(now=NOW)
    return render(request, f"look/{name}.html", context)


def components(request: HttpRequest) -> HttpResponse:
    if "said" in request.GET:
        messages.success(request, "已收到申报，回执号 2026-1-0087。")
        messages.error(request, NASTY)
    many, few = Paginator(range(312), 50), Paginator(range(3), 50)
    return page(
        request,
        "components",
        form=samples.Investment({"total": "12,6x0", "people": "168.5", "other": ""}),
        fresh=samples.Investment(initial={"total": "12600"}),
        filters=samples.Filter({"q": NASTY}),
        page=many.page(2),
        one=few.page(1),
        nasty=NASTY,
        long=LONG,
        none=None,
        nothing=[],
        now=NOW,
        opens=OPENS,
        closes=CLOSES,
        soon=NOW + timedelta(minutes=25),
        far=NEXT_YEAR,
        amount=Decimal("24000000"),
        odd=Decimal("12345.67"),
        steps=samples.stages(),
        waiting=samples.waiting(),
        timeline=samples.timeline(),
        tiers=samples.tiers(),
        rows=[("项目名称", "松籽仁", "松籽仁及冷链"), ("人数", "192", "192"), (NASTY, "", NASTY)],
        facts=[("拟安排", "2,400 万元"), ("备注", None), ("单位", NASTY)],
        digest=DIGEST,
        figures=samples.FIGURES,
        states=samples.STATES,
        tabs=[
            thing(label="材料", url="#", current=True, count=""),
            thing(label=NASTY, url="#", current=False, count=3),
        ],
        trail=[("公示公告", "#"), (NASTY, "#")],
        people=samples.PEOPLE,
        labels=["0", "1亿元", "2亿元"],
        over=[(Decimal(18000), "甲"), (Decimal(14000), NASTY)],
        units=samples.UNITS,
        days=samples.DAYS,
    )


def ranking(request: HttpRequest) -> HttpResponse:
    running, rows = Decimal(0), []
    for row in ROWS:
        running += 0 if row.held else row.yuan
        rows.append({"row": row, "sum": None if row.held else running})
    loads = [
        (r.yuan, f"第{r.rank}名 {r.title}", "soft" if r.rank > 14 else "")
        for r in ROWS
        if not r.held
    ]
    loads.insert(6, (Decimal(12_140) * 10_000, "第7至14名", ""))
    return page(
        request,
        "ranking",
        rows=rows,
        steps=samples.stages(),
        loads=loads,
        ceiling=Decimal(300_000_000),
        sum=Decimal(293_100_000),
        labels=["0", "1亿元", "2亿元"],
        filters=samples.Filter(),
        figures=samples.FIGURES,
        page=Paginator(range(312), 50).page(2),
        window=[(Decimal("18.4"), "", "none"), (Decimal("10.8"), "")],
        window_labels=["50%", "60%", "70%", "80%", "90%"],
    )


def dossier(request: HttpRequest) -> HttpResponse:
    given = {"total": "12,600", "build": "3,900", "devices": "7,200", "other": "n"}
    return page(
        request,
        "dossier",
        sections=samples.sections(),
        form=samples.Investment(initial=given),
        now=NOW,
        saved_at=NOW - timedelta(minutes=2),
        opens=OPENS,
        closes=CLOSES,
        people=samples.PEOPLE,
    )


def autosave(request: HttpRequest) -> HttpResponse:
    """Answers as the typed text asks: "conflict", "broken", "expired", else saved."""
    typed = request.POST.get("about", "")
    if "expired" in typed:
        return HttpResponseRedirect("/look/confirm/")
    if "broken" in typed:
        return HttpResponse(status=503)
    if "conflict" in typed:
        said = {
            "message": "王楠刚刚保存过本部分。",
            "url": "/look/confirm/",
            "link": "对照两个版本",
        }
        return render(request, "components/autosave_refused.html", said, status=409)
    version = int(request.POST["version"]) + 1
    return render(request, "components/autosave_saved.html", {"version": version, "saved_at": NOW})


def workbench(request: HttpRequest) -> HttpResponse:
    works = [
        ("换热机组：建设工程规划许可", 22, 15, "late", "超 7 日"),
        ("松籽仁：冷链用工招聘", 6, 5, "late", "超 1 日"),
        ("钢构件：施工许可", 13, 15, "warn", "剩 2 日"),
        ("冻干粉针：蒸汽管线", 3, 15, "doing", "剩 12 日"),
    ]
    return page(
        request,
        "workbench",
        waiting=samples.waiting(),
        works=works,
        cover=[("四平", 15, 15), ("辽源", 14, 15), ("通化", 11, 11), ("梅河口", 6, 7)],
        units=samples.UNITS,
    )


def scoring(request: HttpRequest) -> HttpResponse:
    leaves = [
        ("Q1.2", "延链补链强链作用", 6, "done", "已评", 1, "4.00"),
        ("Q3.1", "技术与装备水平", 7, "warn", "缺意见", 2, "5.60"),
        ("Q4.1", "市场前景与订单", 5, "todo", "未评", None, ""),
    ]
    names = ("code", "name", "most", "tone", "state", "chosen", "score")
    return page(
        request,
        "scoring",
        leaves=[thing(**dict(zip(names, leaf, strict=True)), hint=LONG) for leaf in leaves],
        tiers=samples.tiers(),
        dots=range(1, 24),
        closes=CLOSES,
        long=LONG,
        saved_at=NOW,
        bar_status="components/autosave_line.html",
    )


def notice(request: HttpRequest) -> HttpResponse:
    return page(
        request,
        "notice",
        rows=[r for r in ROWS if not r.held],
        days=samples.DAYS,
        trail=[("公示公告", "#")],
        starts=date(2026, 6, 17),
        ends=date(2026, 6, 24),
        closes=datetime(2026, 6, 24, 9, tzinfo=UTC),
        figures=samples.FIGURES,
        digest=DIGEST,
        sum=Decimal(293_100_000),
    )


def confirm(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return HttpResponseRedirect("/look/components/?said=1")
    return page(request, "confirm", fields=[("x", NASTY)])


def upload(request: HttpRequest) -> HttpResponse:
    """Takes a file and goes on; without one, the form comes back with what is wrong."""
    form = samples.Investment(request.POST or None, request.FILES or None)
    if request.FILES:
        return HttpResponseRedirect("/look/components/?said=1")
    return page(request, "upload", form=form)


PAGES = {
    "components": components,
    "ranking": ranking,
    "dossier": dossier,
    "workbench": workbench,
    "notice": notice,
    "confirm": confirm,
    "upload": upload,
    "scoring": scoring,
}
# The bar needs addresses to lead to; the real ones are tried in test_navigation.py.
STAND_INS = {
    "portal": [
        "home", "public_calls", "public_notices", "public_results", "verify", "workbench", "search",
    ],
    "notifications": ["inbox"],
    "accounts": ["profile", "firm"],
}  # fmt: skip


def stand_in(app: str, names: list[str]) -> URLResolver:
    return path("", include(([path(f"{app}/{n}/", confirm, name=n) for n in names], app)))


urlpatterns = [
    *(path(f"look/{name}/", view) for name, view in PAGES.items()),
    path("look/autosave/", autosave),
    *(stand_in(app, names) for app, names in STAND_INS.items()),
    path("stay/", session.stay, name="stay"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("accounts/", include("allauth.account.urls")),
]
