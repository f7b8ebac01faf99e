"""What the gallery's pages show: plain, long, missing and hostile values.

The ranking is that of a worked example: fifteen grants under 300,000,000 yuan.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django import forms

NOW = datetime(2026, 6, 8, 1, 30, tzinfo=UTC)  # 09:30 in Shanghai, a Monday
OPENS = datetime(2026, 5, 25, 1, tzinfo=UTC)
CLOSES = datetime(2026, 6, 12, 9, tzinfo=UTC)
NEXT_YEAR = datetime(2027, 1, 4, 9, tzinfo=UTC)
NASTY = "<script>alert(1)</script>\"'&"
LONG = (
    "吉林省梅河口市现代医药健康产业承接转移示范基地二期工程智能化改造与绿色低碳升级一体化建设项目"
)
DIGEST = "f45d303e6fc25179eca0474c6bdbbc54be1b3039234fc18e8def381d1d778ac5"


def thing(**values: Any) -> SimpleNamespace:
    return SimpleNamespace(**values)


@dataclass
class Row:
    rank: int
    title: str
    firm: str
    place: str
    quality: str
    employment: str
    requested: int
    marks: tuple[tuple[str, str], ...] = ()

    @property
    def total(self) -> Decimal:
        return Decimal(self.quality) + Decimal(self.employment)

    @property
    def yuan(self) -> Decimal:
        return Decimal(self.requested) * 10_000

    @property
    def held(self) -> bool:
        return self.rank == 9


_TABLE = """
1 新能源汽车电驱壳体一体压铸 辽源锐驰汽车零部件有限公司 辽源·龙山区 63.18 24.36 2850
2 高效板式换热机组智能产线 四平恒岳换热装备有限公司 四平·铁东区 62.37 22.77 2400
3 重组蛋白原料药承接转移 通化澄源生物制药有限公司 通化·东昌区 61.90 22.41 2980
4 松籽仁精深加工及冷链 梅河口松源果仁食品有限公司 梅河口市 56.72 26.85 1260
5 无缝功能袜数字化工厂 辽源织锦袜业有限公司 辽源·西安区 54.66 27.92 1850
6 收获机械核心部件制造 四平丰禾农业装备有限公司 四平·梨树县 60.14 21.26 2600
9 电子级双氧水承接转移 四平昊元化工有限公司 四平·铁西区 61.25 17.88 2450
15 中药配方颗粒智能制造 通化本草元药业有限公司 通化·柳河县 54.87 19.44 1750
16 医用敷料及防护用品 四平惠康医药科技有限公司 四平·伊通县 54.02 19.86 1480
"""
_MARKS = {9: (("act", "暂缓 待复核"),), 15: (("up", "递补"), ("grey", "灰区"))}


def _row(line: str) -> Row:
    rank, title, firm, place, quality, employment, requested = line.split()
    marks = _MARKS.get(int(rank), ())
    return Row(int(rank), title, firm, place, quality, employment, int(requested), marks)


ROWS = [_row(line) for line in _TABLE.strip().splitlines()]

FIGURES = [
    ("年度额度", "30,000", "万元"),
    ("拟安排 15 项", "29,310", "万元"),
    ("余额", None, "万元"),
    ("申请总额 25 项", "44,520", "万元"),
]
STATES = [("wait", "评审中"), ("done", "予以支持"), ("act", "已退回补正，待重新提交")]
UNITS = [(3, "园区管委会", "soft"), (14, "市自然资源局", "act"), (5, NASTY, "soft")]
PEOPLE = [
    thing(name="李树明", role="负责人", note="可提交、可签章"),
    thing(name="张蕙兰", role="财务", note="您，正在填写第 3 部分"),
    thing(name=NASTY, role="", note=""),
]
DAY_KINDS = ["past", "past", "off", "off", "off", "now", "ahead", "ahead"]
DAYS = [(date(2026, 6, 17) + timedelta(days=n), kind) for n, kind in enumerate(DAY_KINDS)]


def stages() -> list[SimpleNamespace]:
    words = ["申报", "县市推荐", "形式审查", "抽取专家", "网络评审", "排序", "审定", "公示", "下达"]
    states = ["past"] * 5 + ["now"] + ["next"] * 3
    return [thing(label=w, state=s, due=CLOSES) for w, s in zip(words, states, strict=True)]


def waiting() -> list[SimpleNamespace]:
    def item(title: str, why: str, due: datetime | None, **more: Any) -> SimpleNamespace:
        plain = {"count": 1, "late": False, "provisional": False, "url": "#"}
        return thing(title=title, why=why, due=due, **{**plain, **more})

    return [
        item(
            "审批延期：SQ-0452 施工许可", "申请延 10 个工作日。", NOW - timedelta(days=2), late=True
        ),
        item("指派服务秘书：铝托盘二期", "5 人中 4 人已满、1 人休假。", NOW + timedelta(hours=7)),
        item("指派服务秘书：坚果冷库", "3 人中 2 人行业不符。", NOW + timedelta(days=1), count=3),
        item(LONG + NASTY, LONG, NOW + timedelta(days=400), provisional=True),
        item("没有期限的事", "按顺序办理。", None, count=12),
    ]


def timeline() -> list[SimpleNamespace]:
    submitted = datetime(2025, 12, 16, 7, 12, tzinfo=UTC)
    recommended = datetime(2026, 4, 24, 2, 5, tzinfo=UTC)
    return [
        thing(at=submitted, text="申报单位提交，版本 1", state="past", who="李树明", note=""),
        thing(at=recommended, text="梅河口市推荐，排第 2", state="past", who="周敏", note=NASTY),
        thing(at=NOW, text="省主管部门通过形式审查", state="now", who="", note=""),
        thing(at=date(2026, 6, 29), text="专家评审结束", state="next", who="", note=""),
        thing(at=None, text="公示", state="next", who="", note=""),
    ]


def tiers() -> list[SimpleNamespace]:
    words = {
        "填补产业图谱所列缺环": "5.01–6.00",
        "延伸现有链条": "3.01–5.00",
        "与现有环节相同": "0.01–3.00",
        NASTY: "0",
    }
    return [thing(value=n, label=w, range=r) for n, (w, r) in enumerate(words.items())]


def sections() -> list[SimpleNamespace]:
    def section(title: str, state: str, label: str, by: str, **more: Any) -> SimpleNamespace:
        plain = {"current": False, "locked": False, "url": "#"}
        return thing(title=title, state=state, state_label=label, by=by, **{**plain, **more})

    return [
        section("申报主体", "done", "已完成", "张蕙兰 4月8日"),
        section("投资与资金", "warn", "1 处待核对", "您正在填写", current=True),
        section("就业与用工", "doing", "进行中 5/8", "王楠 4月10日"),
        section("绿色与安全", "todo", "未开始", "尚无人填写"),
        section("附件", "act", "缺 3 份", "须补：环评批复等"),
        section("承诺与签章", "locked", "未开放", "前 9 部分完成后开放", locked=True),
    ]


class Investment(forms.Form):
    """Every kind of input, with hints, units and a cross-check that does not agree."""

    warnings = {"total": "与第 4 部分备案证（12,300 万元）不一致。若填错，请改正。"}

    total = forms.DecimalField(
        label="固定资产投资总额",
        help_text="不含铺底流动资金和土地出让金，填到万元。",
        widget=forms.TextInput,
    )
    build = forms.DecimalField(label="建筑安装工程", widget=forms.TextInput)
    devices = forms.DecimalField(label="设备购置", widget=forms.TextInput)
    people = forms.IntegerField(label="净新增参保人数")
    about = forms.CharField(label="说明", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    place = forms.ChoiceField(
        label="所在地", choices=[("", "请选择"), ("m", "梅河口市"), ("l", NASTY)], required=False
    )
    on = forms.DateField(
        label="开工日期", widget=forms.DateInput(attrs={"type": "date"}), required=False
    )
    other = forms.ChoiceField(
        label="同一建设内容是否已获得或正在申请其他财政资金？",
        widget=forms.RadioSelect,
        choices=[("y", "是"), ("n", "否")],
    )
    kinds = forms.MultipleChoiceField(
        label="专家类别",
        widget=forms.CheckboxSelectMultiple,
        required=False,
        choices=[("t", "技术"), ("f", "财务"), ("j", NASTY)],
    )
    true = forms.BooleanField(label="以上情况属实，愿承担责任。", help_text="提交后不能修改。")
    file = forms.FileField(label="环评批复", help_text="PDF，不超过 20 MB。", required=False)
    secret = forms.CharField(widget=forms.HiddenInput, required=False, initial=NASTY)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, unit in {
            "total": "万元",
            "build": "万元",
            "devices": "万元",
            "people": "人",
        }.items():
            self.fields[name].unit = unit


class Filter(forms.Form):
    q = forms.CharField(
        label="项目或单位", widget=forms.TextInput(attrs={"type": "search"}), required=False
    )
    region = forms.ChoiceField(label="所在地", choices=[("", "全部"), ("m", "梅河口市")])
    state = forms.ChoiceField(label="状态", choices=[("", "全部"), ("s", "已提交")])
