"""What every installation starts with: the scheme of article 十四 and the industries of article 六.

Source: 吉政办发〔2023〕22号. Industries beyond the named clusters are the zone's seven and three
catch-alls, so that every project finds its place in the catalogue.
"""

from decimal import Decimal
from typing import Any

SCHEME: dict[str, Any] = {
    "code": "article-14",
    "name_zh": "承接转移优势产业项目建设专项资金",
    "name_en": "Support for relocated projects of leading industries",
    "policy": "吉政办发〔2023〕22号",
    "article": "十四",
    "method": "competitive",
    "annual_limit": Decimal("300000000.00"),
    "first_year": 2024,
    "last_year": 2028,
}

# code, Chinese, English, place in the catalogue, regions whose named cluster it is
INDUSTRIES: tuple[tuple[str, str, str, str, tuple[str, ...]], ...] = (
    ("equipment", "特色装备", "Special equipment", "catalogue", ("220300",)),
    ("basic_chemicals", "基础化工", "Basic chemicals", "catalogue", ("220300",)),
    ("health", "医药健康", "Medicine and health", "catalogue", ("220300",)),
    ("metals_materials", "冶金建材", "Metals and building materials", "catalogue", ("220300",)),
    ("ev_parts", "新能源汽车零部件", "Parts of new-energy vehicles", "catalogue", ("220400",)),
    ("textiles", "袜业与现代纺织", "Hosiery and modern textiles", "catalogue", ("220400",)),
    ("medical_devices", "医疗器械", "Medical devices", "catalogue", ("220400",)),
    ("biopharma", "生物医药", "Biopharmaceuticals", "catalogue", ("220500",)),
    ("medicine_food", "医药食品", "Medicine and food", "catalogue", ("220581",)),
    ("nuts", "果仁加工", "Nut and kernel processing", "catalogue", ("220581",)),
    ("agri_food", "农产品和食品加工", "Farm produce and food processing", "catalogue", ()),
    ("green_load", "绿色载能", "Green power-intensive industry", "catalogue", ()),
    ("digital", "数字经济", "Digital industry", "encouraged", ()),
    ("encouraged", "其他鼓励类产业", "Other encouraged industry", "encouraged", ()),
    ("other", "其他产业", "Other industry", "none", ()),
    ("restricted", "限制类或淘汰类产业", "Restricted or phased-out industry", "restricted", ()),
)


def plant_catalogue(scheme: Any = None, industry: Any = None, region: Any = None) -> None:
    """Enter the scheme and the industries that are not there yet, after the regions.

    The arguments are a migration's historical models; without them the live ones.
    """
    if scheme is None:
        from accounts.models import Region as region  # noqa: N813  (stands in for the argument)
        from applications.models import Industry as industry  # noqa: N813
        from applications.models import Scheme as scheme  # noqa: N813
    scheme.objects.get_or_create(code=SCHEME["code"], defaults=SCHEME)
    for code, name_zh, name_en, catalogue, places in INDUSTRIES:
        row, new = industry.objects.get_or_create(
            code=code,
            defaults={"name_zh": name_zh, "name_en": name_en, "catalogue": catalogue},
        )
        if new and places:
            row.clusters.set(region.objects.filter(code__in=places))
