"""A dossier that is complete: project A of the worked vectors, 四平 换热装备."""

import io
from typing import Any

import pikepdf
from django.core.files.base import ContentFile

from accounts.models import User
from applications.models import Application, Section
from applications.services import attachments, dossiers

ANSWERS: dict[str, dict[str, Any]] = {
    "firm": {
        "legal_representative": "宋松源",
        "registered_capital_yuan": "50000000",
        "established_on": "2019-05-06",
        "moved_from": "浙江省绍兴市",
        "transfer_kind": "branch",
        "main_business": "换热机组、压力容器的制造与销售。",
        "incidents": "no",
        "contact_name": "张蕙兰",
        "contact_phone": "0434-5550123",
    },
    "investment": {
        "fixed_assets_yuan": "320000000",
        "construction_yuan": "100000000",
        "equipment_yuan": "200000000",
        "other_costs_yuan": "20000000",
        "invested_yuan": "128000000",
        "own_funds_yuan": "160000000",
        "signed_loans_yuan": "100000000",
        "requested_yuan": "24000000",
        "other_money": "no",
    },
    "land_permits": {
        "land_mu": "80",
        "parcel": "220303-2024-018",
        "filing_no": "2401-220303-04-01-123456",
        "filing_investment_yuan": "320000000",
        "permit_filing": "yes",
        "permit_land": "yes",
        "permit_planning": "yes",
        "permit_eia": "yes",
        "permit_construction": "yes",
    },
    "technology": {
        "technology": "全自动换热板片冲压与检测线，达到国内领先水平。",
        "products": "板式换热机组、半焊式换热器。",
        "rd_spend_yuan": "8400000",
        "revenue_yuan": "200000000",
        "patents": "12",
        "chain_role": "fill",
        "chain_text": "补齐本地装备产业链中的换热环节。",
    },
    "market": {
        "market": "已与三家热力公司签订供货合同。",
        "orders_percent": "55",
        "output_yuan": "450000000",
        "tax_yuan": "10000000",
        "profit_yuan": "32000000",
    },
    "green": {
        "energy_level": "advanced",
        "energy_use": "1850",
        "environment": "废水循环利用，废气经布袋除尘后达标排放。",
        "safety": "二级安全生产标准化。",
    },
    "employment": {
        "baseline_headcount": "112",
        "promised_headcount": "280",
        "priority_headcount": "30",
        "employed": "120",
        "insured": "120",
        "average_wage_yuan": "67000",
        "local_wage_yuan": "62000",
        "school": "signed",
        "training": "与四平职业大学开设订单班。",
    },
    "commitment": {"signatory": "宋松源", "position": "董事长"},
}


def project(application: Application) -> dict[str, str]:
    return {
        "title": application.title,
        "region": application.region.code,
        "industry": application.industry.code,
        "site": "铁东经济开发区兴业路18号",
        "project_code": "2401-220303-04-01-123456",
        "building_kind": "new",
        "summary": "建设年产2万台换热机组的智能产线。",
        "starts_on": "2025-03-01",
        "finishes_on": "2026-10-01",
    }


def save(application: Application, code: str, by: User, **changes: Any) -> Section:
    """Save one complete section over whatever stands there."""
    data = {**(project(application) if code == "project" else ANSWERS[code]), **changes}
    version = Section.objects.get(application=application, code=code).version
    return dossiers.save_section(
        application=application, code=code, data=data, version=version, by=by
    )


def pdf(text: str = "页") -> ContentFile:
    """A PDF of one page that no other call repeats byte for byte when the text differs."""
    out = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page(page_size=(595, 842))
        document.docinfo["/Title"] = text
        document.save(out)
    return ContentFile(out.getvalue(), name=f"{text}.pdf")


def complete(application: Application, by: User) -> Application:
    """Fill in every section and upload every required document."""
    for code in ("firm", "project", *(c for c in ANSWERS if c != "firm")):
        save(application, code, by)
    for document in application.call.required_documents:
        if document["required"]:
            attachments.add_attachment(
                application=application,
                document=document["code"],
                upload=pdf(document["name_zh"]),
                by=by,
            )
    return application
