"""The file by which a side signs: the stamped scan as uploaded, or the PDF under its seal.

Called by `awards.services.agreements` with the agreement's row locked.
"""

import uuid
from datetime import datetime
from typing import Any

from django.core.files.base import ContentFile, File
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from applications import uploads
from audit.digests import sm3
from audit.refusals import Invalid, WrongState
from awards.models import Agreement, Side, Signature
from awards.papers import AGREEMENT, agreement_paper
from papers import fonts, sealing
from papers.setting import set_paper

SCANS = ("pdf", "jpg", "jpeg")
PARTY = {Side.OFFICE: "甲方", Side.FIRM: "乙方"}


def keep_scan(
    agreement: Agreement, side: Side, scan: "File[Any]", by: User, at: datetime
) -> Signature:
    """Keep the scan of the agreement as this side stamped it. Raises Invalid(field="upload")."""
    if uploads.extension_of(scan) not in SCANS:
        raise Invalid(_("Upload the stamped agreement as PDF or JPG."), field="upload")
    checked = uploads.check(scan)
    if fonts.available() and checked.digest == sm3(set_paper(agreement_paper(agreement))):
        raise Invalid(
            _("This is the agreement as it was downloaded. Stamp it, scan it and upload the scan."),
            field="upload",
        )
    row = Signature(
        agreement=agreement,
        side=side,
        name=checked.name,
        size=checked.size,
        content_type=checked.content_type,
        digest=checked.digest,
        signed_by=by,
        signed_at=at,
    )
    scan.seek(0)
    return _stored(row, File(scan), checked.extension)


def keep_seal(
    agreement: Agreement, side: Side, others: list[Signature], by: User, at: datetime
) -> Signature:
    """Have this side's electronic seal set on the agreement and keep the sealed PDF.

    `others`: what was signed before; a seal among it is kept and this one set beside it. Raises
    WrongState without a provider, SealRefused when it does not set the seal.
    """
    provider = sealing.provider()
    if provider is None:
        raise WrongState(
            _("No electronic seals are set up here. Upload the scan of the stamped agreement.")
        )
    sealed = provider.seal(_to_seal(agreement, others), holder=_holder(agreement, side, by), at=at)
    if not provider.verify(sealed):
        raise sealing.SealRefused
    name = f"{AGREEMENT} {agreement.number}（{PARTY[side]}电子印章）.pdf"
    file = ContentFile(sealed.document, name=name)
    checked = uploads.check(file)
    row = Signature(
        agreement=agreement,
        side=side,
        name=name,
        size=checked.size,
        content_type=checked.content_type,
        digest=checked.digest,
        provider=provider.name,
        is_test=provider.is_test,
        certificate=dict(sealed.certificate),
        signed_by=by,
        signed_at=at,
    )
    return _stored(row, file, checked.extension)


def _to_seal(agreement: Agreement, others: list[Signature]) -> bytes:
    other = next((one for one in others if one.provider), None)
    if other is None:
        return set_paper(agreement_paper(agreement))
    with other.file.open("rb") as held:
        document: bytes = held.read()
    if sm3(document) != other.digest:
        raise WrongState(
            _("The file sealed first is not the one that was kept. Have the audit log verified.")
        )
    return document


def _holder(agreement: Agreement, side: Side, by: User) -> sealing.Holder:
    told = agreement.content
    if side == Side.FIRM:
        return sealing.Holder("firm", told["firm"]["name"], told["firm"]["uscc"], by.name)
    return sealing.Holder("office", told["office"], "", by.name)


def _stored(row: Signature, file: "File[Any]", extension: str) -> Signature:
    place = f"{row.agreement_id}/{uuid.uuid4().hex}-{row.digest[:16]}.{extension}"
    row.file.save(place, file, save=False)
    try:
        row.save()
    except BaseException:
        row.file.delete(save=False)
        raise
    return row
