"""Words of the expert's pages that come from data: states, units, figures of formula leaves."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from reviews.models import Assignment, AssignmentState, Panel
from reviews.scoring import Computed
from reviews.selectors.expert import why_void

# state → (tone's name, word)
STATE_WORDS: dict[str, tuple[str, Promise]] = {
    AssignmentState.TO_DECLARE: ("to_declare", _("declaration due")),
    AssignmentState.OPEN: ("todo", pgettext_lazy("dossier of an expert", "not scored")),
    AssignmentState.FINISHED: ("finished", pgettext_lazy("dossier of an expert", "scored")),
    AssignmentState.LOCKED: ("locked", pgettext_lazy("dossier of an expert", "signed")),
    AssignmentState.RECUSED: ("recused", pgettext_lazy("dossier of an expert", "recused")),
}

VOID_WORDS: dict[str, Promise] = {
    "absent": pgettext_lazy("dossier of an expert", "the firm did not come"),
    "recused": pgettext_lazy("dossier of an expert", "recused"),
    "unsigned": pgettext_lazy("dossier of an expert", "not signed in time"),
    "": pgettext_lazy("dossier of an expert", "no longer counts"),
}

NOTES: dict[str, Promise] = {
    "missing": _("0 points: a figure is missing in the dossier."),
    "divisor_zero": _("0 points: the figures give nothing to divide by."),
}

VETOES: dict[str, Promise] = {
    "restricted_industry": _("Veto: the industry is restricted or phased out."),
    "energy_above_norm": _("Veto: energy use above the norm."),
}


def state_of(row: Assignment) -> tuple[str, str | Promise]:
    """Tone and word of an own dossier; begun where a mark stands, and why a void sheet is void.
    Needs its marks fetched, and the facts of `laid_out`.
    """
    if row.state == AssignmentState.VOID:
        return "void", VOID_WORDS[why_void(row)]
    if row.state == AssignmentState.OPEN and any(
        m.tier is not None or m.score is not None for m in row.marks.all()
    ):
        return "doing", pgettext_lazy("dossier of an expert", "begun")
    return STATE_WORDS[row.state]


def language() -> str:
    return get_language() or "zh-hans"


def panel_name(panel: Panel) -> str:
    return panel.name_en if language().startswith("en") and panel.name_en else panel.name_zh


def formula_row(result: Computed, name: str) -> dict[str, Any]:
    """One formula leaf for reading: name, points, the sum with its figures, what is wrong."""
    return {
        "code": result.code,
        "name": name,
        "score": result.score,
        "max": result.max,
        "working": result.working,
        "note": NOTES.get(result.note, ""),
        "veto": VETOES.get(result.veto, ""),
    }
