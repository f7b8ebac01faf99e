"""The input of a draw: built in canonical form, and read back with every fault named."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from reviews.draw.entities import BARRED, Expert, Matching, Panel, Pool, Recusal, Rules, Seat
from reviews.draw.protocol import PROTOCOL

__all__ = [
    "Expert",
    "InputError",
    "Matching",
    "Panel",
    "Pool",
    "Recusal",
    "Rules",
    "Seat",
    "build",
    "read",
]


class InputError(ValueError):
    """An input that no draw can stand on, with everything found wrong."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)


def build(
    *,
    draw: str,
    call: str,
    panels: Iterable[Panel],
    experts: Iterable[Expert],
    recusals: Iterable[Recusal],
    grounds: str,
    rules: Rules,
    matching: Matching | None = None,
) -> dict[str, Any]:
    """The canonical input, lists sorted, ready for `protocol.input_hash`. Raises InputError.

    `grounds`: digest of why each pair is barred (`protocol.grounds_digest`), which is not public.
    """
    draw_input = {
        "protocol": PROTOCOL,
        "draw": draw,
        "call": call,
        "panels": [_panel_data(panel) for panel in sorted(panels, key=lambda panel: panel.id)],
        "experts": [
            _expert_data(expert) for expert in sorted(experts, key=lambda expert: expert.id)
        ],
        "recusals": [
            asdict(recusal) for recusal in sorted(recusals, key=lambda r: (r.expert, r.application))
        ],
        "grounds": grounds,
        "rules": asdict(rules),
        "matching": asdict(matching) if matching else None,
    }
    read(draw_input)
    return draw_input


def _panel_data(panel: Panel) -> dict[str, Any]:
    return {
        "id": panel.id,
        "applications": sorted(panel.applications),
        "seats": [asdict(seat) for seat in sorted(panel.seats, key=lambda seat: seat.id)],
        "alternates": panel.alternates,
    }


def _expert_data(expert: Expert) -> dict[str, Any]:
    return {
        **asdict(expert),
        "kinds": sorted(set(expert.kinds)),
        "specialties": sorted(set(expert.specialties)),
    }


def read(draw_input: Any) -> Pool:
    """The pool that a canonical input describes. Raises InputError with everything wrong in it."""
    problems: list[str] = []
    if not _has_fields(draw_input, "input", _INPUT, problems):
        raise InputError(problems)
    if draw_input["protocol"] != PROTOCOL:
        problems.append(f"input: the protocol is not {PROTOCOL}")
    panels = [_panel(raw, problems) for raw in draw_input["panels"]]
    experts = [_expert(raw, problems) for raw in draw_input["experts"]]
    recusals = [_recusal(raw, problems) for raw in draw_input["recusals"]]
    rules = _rules(draw_input["rules"], problems)
    matching = _matching(draw_input["matching"], problems)
    if problems or rules is None:
        raise InputError(problems)
    pool = Pool(
        draw=draw_input["draw"],
        call=draw_input["call"],
        panels=tuple(panel for panel in panels if panel),
        experts=tuple(expert for expert in experts if expert),
        recusals=tuple(recusal for recusal in recusals if recusal),
        rules=rules,
        matching=matching,
    )
    problems += _faults(pool)
    if problems:
        raise InputError(problems)
    return pool


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_id(value: object) -> bool:
    """Ids are joined by a bar when keys are made, so none may hold one."""
    return isinstance(value, str) and value != "" and "|" not in value


def _is_ids(value: object) -> bool:
    """A sorted list of ids, each once."""
    return isinstance(value, list) and all(map(_is_id, value)) and value == sorted(set(value))


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_digest(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch("[0-9a-f]{64}", value) is not None


def _is_instant(value: object) -> bool:
    try:
        return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def _is_list(value: object) -> bool:
    return isinstance(value, list)


_Fields = Mapping[str, Callable[[object], bool]]

_INPUT: Final[_Fields] = {
    "protocol": _is_text,
    "draw": _is_text,
    "call": _is_text,
    "panels": _is_list,
    "experts": _is_list,
    "recusals": _is_list,
    "grounds": _is_digest,
    "rules": lambda value: isinstance(value, dict),
    "matching": lambda value: value is None or isinstance(value, dict),
}
_PANEL: Final[_Fields] = {
    "id": _is_id,
    "applications": _is_ids,
    "seats": _is_list,
    "alternates": _is_count,
}
_SEAT: Final[_Fields] = {
    "id": _is_id,
    "kind": _is_text,
    "specialty": lambda value: value is None or isinstance(value, str),
    "count": lambda value: _is_count(value) and value != 0,
}
_EXPERT: Final[_Fields] = {
    "id": _is_id,
    "kinds": _is_ids,
    "specialties": _is_ids,
    "institution": _is_text,
    "region": _is_text,
    "max_panels": _is_count,
}
_RECUSAL: Final[_Fields] = {
    "expert": _is_id,
    "application": _is_id,
    "reason": lambda v: v == BARRED,
}
_RULES: Final[_Fields] = {
    "one_per_institution": lambda value: isinstance(value, bool),
    "max_single_recusals_percent": lambda value: _is_count(value) and value in range(101),
    "min_scores": _is_count,
    "public_entropy": _is_text,
    "public_entropy_from": lambda value: value == "" or _is_instant(value),
}


_MATCHING: Final[_Fields] = {
    "each": lambda value: _is_count(value) and value != 0,
    "most": lambda value: _is_count(value) and value != 0,
    "aim": lambda value: value in ("total", "least"),
    "industries": lambda value: (
        isinstance(value, dict) and all(isinstance(code, str) for code in value.values())
    ),
}


def _has_fields(raw: object, where: str, expected: _Fields, problems: list[str]) -> bool:
    """Whether an object has exactly these fields, each as it should be; faults are added."""
    if not isinstance(raw, dict):
        problems.append(f"{where}: must be an object")
        return False
    found = [f"{where}: unknown field {name}" for name in raw if name not in expected]
    for name, fits in expected.items():
        if name not in raw:
            found.append(f"{where}: {name} is missing")
        elif not fits(raw[name]):
            found.append(f"{where}: {name} is not as it should be: {raw[name]!r}")
    problems += found
    return not found


def _panel(raw: Any, problems: list[str]) -> Panel | None:
    where = f"panel {_name(raw)}"
    if not _has_fields(raw, where, _PANEL, problems):
        return None
    seats = tuple(
        Seat(**seat)
        for seat in raw["seats"]
        if _has_fields(seat, f"{where} seat {_name(seat)}", _SEAT, problems)
    )
    return Panel(raw["id"], tuple(raw["applications"]), seats, raw["alternates"])


def _expert(raw: Any, problems: list[str]) -> Expert | None:
    if not _has_fields(raw, f"expert {_name(raw)}", _EXPERT, problems):
        return None
    lists = {"kinds": tuple(raw["kinds"]), "specialties": tuple(raw["specialties"])}
    return Expert(**{**raw, **lists})


def _recusal(raw: Any, problems: list[str]) -> Recusal | None:
    return Recusal(**raw) if _has_fields(raw, "recusal", _RECUSAL, problems) else None


def _rules(raw: Any, problems: list[str]) -> Rules | None:
    return Rules(**raw) if _has_fields(raw, "rules", _RULES, problems) else None


def _matching(raw: Any, problems: list[str]) -> Matching | None:
    if raw is None or not _has_fields(raw, "matching", _MATCHING, problems):
        return None
    return Matching(**raw)


def _name(raw: object) -> str:
    return str(raw.get("id", "?")) if isinstance(raw, dict) else "?"


def _faults(pool: Pool) -> list[str]:
    """What is wrong between the parts: order, repetition, recusals of strangers."""
    problems = _order("panels", [panel.id for panel in pool.panels])
    for panel in pool.panels:
        problems += _order(f"panel {panel.id} seats", [seat.id for seat in panel.seats])
    problems += _order("experts", [expert.id for expert in pool.experts])
    problems += _order("recusals", [(r.expert, r.application) for r in pool.recusals])
    if (pool.rules.public_entropy == "") != (pool.rules.public_entropy_from == ""):
        problems.append("rules: a public value is named together with its instant or not at all")
    if pool.matching is not None:
        problems += _unmatchable(pool, pool.matching)
    strangers = {r.expert for r in pool.recusals} - pool.expert_by_id.keys()
    return problems + [f"recusals: {name} is not among the experts" for name in sorted(strangers)]


def _unmatchable(pool: Pool, matching: Matching) -> list[str]:
    """Where experts go to applications, panels only hold these together: they have no seats."""
    named = [application for panel in pool.panels for application in panel.applications]
    problems = [
        f"panel {panel.id}: a matching has no seats" for panel in pool.panels if panel.seats
    ]
    if sorted(named) != sorted(matching.industries):
        problems.append("matching: industries must name every application of the panels, once")
    return problems


def _order(where: str, ids: Sequence[Any]) -> list[str]:
    return [] if list(ids) == sorted(set(ids)) else [f"{where}: must be sorted, each once"]
