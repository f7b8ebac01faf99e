"""How severe the panels are, beside the ranking: by hand, stage by stage, never in its place."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from reviews.models import Panel, RankingEntry, Stage
from reviews.scoring import half_up
from reviews.selectors.rankings import panel_means
from reviews.views.expert_words import panel_name


def severity(
    entries: Sequence[RankingEntry],
    panels: Sequence[Panel],
    told: Mapping[str, Any] | None,
    *,
    heard: bool,
) -> dict[str, Any] | None:
    """What each panel's experts gave against all, and what the analysis says of them once it is
    there; with a hearing of each stage, over the shortlist. None where there is nothing to
    compare.
    """
    agreement = (told or {}).get("agreement") or {}
    by_stage = agreement.get("stages") or {}
    stages = (
        [
            _stage(entries, panels, by_stage.get(stage.value) or {}, stage=stage)
            for stage in (Stage.PAPER, Stage.HEARING)
        ]
        if heard
        else [_stage(entries, panels, agreement, stage=None)]
    )
    found = [stage for stage in stages if stage is not None]
    return {"stages": found, "modelled": any(s["modelled"] for s in found)} if found else None


def _stage(
    entries: Sequence[RankingEntry],
    panels: Sequence[Panel],
    told: Mapping[str, Any],
    *,
    stage: Stage | None,
) -> dict[str, Any] | None:
    """One stage; `stage` None: the only one, which needs no name. None with fewer than two
    panels.
    """
    means = panel_means(entries, heard=stage == Stage.HEARING)
    if len(means) <= 2:  # of all, and of one panel
        return None
    every, *own = means
    model = {row["panel"]: row.get("severity") for row in told.get("panels", ())}
    names = {panel.number: panel_name(panel) for panel in panels}
    rows = []
    for row in own:
        estimate = model.get(str(row.panel))
        rows.append(
            {
                "number": row.panel,
                "name": names.get(row.panel or 0, row.panel),
                "dossiers": row.dossiers,
                "mean": half_up(row.mean),
                "apart": half_up(row.mean - every.mean),
                "model": None if estimate is None else half_up(Decimal(str(estimate))),
            }
        )
    name = "" if stage is None else str(stage.label)
    return {"name": name, "rows": rows, "mean": half_up(every.mean), "modelled": bool(model)}
