"""The divisions of the zone with their GB/T 2260 codes and reporting lines.

Zone: 吉林西南承接产业转移示范区 (四平, 辽源, 通化 with 梅河口 within). 梅河口 lies in 通化 and
is directed by the province, hence its own line. The other prefectures are where experts live.
"""

from typing import Any

from django.apps import apps

PROVINCE = "220000"

# fmt: off
# code, Chinese, English, level, parent, reports to, in the zone
REGIONS: tuple[tuple[str, str, str, str, str | None, str | None, bool], ...] = (
    ("220000", "吉林省", "Jilin Province", "province", None, None, True),
    ("220100", "长春市", "Changchun", "prefecture", "220000", "220000", False),
    ("220200", "吉林市", "Jilin City", "prefecture", "220000", "220000", False),
    ("220300", "四平市", "Siping", "prefecture", "220000", "220000", True),
    ("220302", "铁西区", "Tiexi District", "county", "220300", "220300", True),
    ("220303", "铁东区", "Tiedong District", "county", "220300", "220300", True),
    ("220322", "梨树县", "Lishu County", "county", "220300", "220300", True),
    (
        "220323",
        "伊通满族自治县",
        "Yitong Manchu Autonomous County",
        "county",
        "220300",
        "220300",
        True,
    ),
    ("220382", "双辽市", "Shuangliao", "county", "220300", "220300", True),
    ("220400", "辽源市", "Liaoyuan", "prefecture", "220000", "220000", True),
    ("220402", "龙山区", "Longshan District", "county", "220400", "220400", True),
    ("220403", "西安区", "Xi'an District", "county", "220400", "220400", True),
    ("220421", "东丰县", "Dongfeng County", "county", "220400", "220400", True),
    ("220422", "东辽县", "Dongliao County", "county", "220400", "220400", True),
    ("220500", "通化市", "Tonghua", "prefecture", "220000", "220000", True),
    ("220502", "东昌区", "Dongchang District", "county", "220500", "220500", True),
    ("220503", "二道江区", "Erdaojiang District", "county", "220500", "220500", True),
    ("220521", "通化县", "Tonghua County", "county", "220500", "220500", True),
    ("220523", "辉南县", "Huinan County", "county", "220500", "220500", True),
    ("220524", "柳河县", "Liuhe County", "county", "220500", "220500", True),
    ("220581", "梅河口市", "Meihekou", "county", "220500", "220000", True),
    ("220582", "集安市", "Ji'an", "county", "220500", "220500", True),
    ("220600", "白山市", "Baishan", "prefecture", "220000", "220000", False),
    ("220700", "松原市", "Songyuan", "prefecture", "220000", "220000", False),
    ("220800", "白城市", "Baicheng", "prefecture", "220000", "220000", False),
    (
        "222400",
        "延边朝鲜族自治州",
        "Yanbian Korean Autonomous Prefecture",
        "prefecture",
        "220000",
        "220000",
        False,
    ),
)


def plant_regions(model: Any = None) -> None:
    """Enter the divisions that are not there yet; `model` is a migration's historical one."""
    model = model or apps.get_model("accounts", "Region")
    known: dict[str, int] = dict(model.objects.values_list("code", "pk"))
    for code, name_zh, name_en, level, parent, reports_to, in_zone in REGIONS:
        if code in known:
            continue
        row = model.objects.create(
            code=code,
            name_zh=name_zh,
            name_en=name_en,
            level=level,
            parent_id=known.get(parent or ""),
            reports_to_id=known.get(reports_to or ""),
            in_zone=in_zone,
        )
        known[code] = row.pk
