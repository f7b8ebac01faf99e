"""The first version of the milestones: five stages, twenty nodes.

Source: Jilin's life cycle of a project (五阶段二十节点); the last two stages as the trade has them.
"""

from typing import Any

from django.apps import apps

from audit import clock

# Stage, name, days after the appointment by which it is planned, what the node stands for.
NODES: tuple[tuple[str, str, str, int, str], ...] = (
    ("landing", "签约", "Agreement signed", 10, "signed"),
    ("landing", "公司注册", "Company registered", 20, ""),
    ("landing", "选址定地", "Site chosen", 30, ""),
    ("landing", "资金到位", "Funds in place", 45, ""),
    ("approvals", "立项", "Project filed or approved", 60, ""),
    ("approvals", "环评", "Environmental assessment", 90, ""),
    ("approvals", "节能审查", "Energy review", 100, ""),
    ("approvals", "用地和工程规划许可", "Land and planning permits", 120, ""),
    ("approvals", "施工许可", "Construction permit", 140, ""),
    ("building", "征地拆迁", "Land cleared", 150, ""),
    ("building", "招标", "Works tendered", 160, ""),
    ("building", "水电手续", "Water and power arranged", 170, ""),
    ("building", "开工", "Building started", 180, "started"),
    ("building", "投资入统", "Investment counted in the statistics", 200, "counted"),
    ("acceptance", "主体封顶", "Structure topped out", 330, ""),
    ("acceptance", "设备安装", "Equipment installed", 420, ""),
    ("acceptance", "专项验收", "Special acceptances", 450, ""),
    ("acceptance", "竣工验收", "Final acceptance", 480, ""),
    ("production", "投产", "Production started", 510, "running"),
    ("production", "达产", "Full capacity reached", 690, ""),
)


def plant_milestones(registry: Any = None) -> None:
    """Enter the first version where there is none; `registry` is a migration's."""
    models = registry or apps
    template = models.get_model("secretaries", "MilestoneTemplate")
    if template.objects.exists():
        return
    made = template.objects.create(version=1, made_at=clock.now())
    node = models.get_model("secretaries", "MilestoneNode")
    node.objects.bulk_create(
        node(
            template=made,
            place=place,
            stage=stage,
            name_zh=name_zh,
            name_en=name_en,
            days=days,
            mark=mark,
        )
        for place, (stage, name_zh, name_en, days, mark) in enumerate(NODES, 1)
    )
