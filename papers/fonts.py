"""Which fonts documents are set in: the site's own folder first, then what the system has.

The official faces (方正小标宋, 仿宋_GB2312 …) are not free; a site that has them puts them into its
folder and they are taken. None is part of this repository.
"""

from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from audit.refusals import Refused

SONG: Final = (
    "Noto Serif CJK SC", "Source Han Serif SC", "Source Han Serif CN", "Noto Serif SC",
    "Songti SC", "STSong", "SimSun", "NSimSun", "AR PL UMing CN",
)  # fmt: skip
HEI: Final = (
    "Noto Sans CJK SC", "Source Han Sans SC", "Source Han Sans CN", "Noto Sans SC", "SimHei",
    "STHeiti", "Heiti SC", "PingFang SC", "Microsoft YaHei", "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei", "Droid Sans Fallback",
)  # fmt: skip
# For each use of a document the families that may serve it, the best first.
USES: Final[dict[str, tuple[str, ...]]] = {
    "title": ("FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05", "方正小标宋简体", *SONG, *HEI),
    "text": ("FangSong_GB2312", "仿宋_GB2312", "FangSong", "STFangsong", *SONG, *HEI),
    "head": (*HEI, *SONG),
    "mono": ("Noto Sans Mono CJK SC", "DejaVu Sans Mono", "Liberation Mono", *HEI, *SONG),
}


class NoFont(Refused):
    """This machine has no Chinese font."""

    default_message = _(
        "This machine has no Chinese font, so no document can be set. Its administrator installs"
        " one (for example fonts-noto-cjk) or names a folder in STEELYARD_FONTS."
    )


@cache
def installed(folder: Path | None) -> Any:
    """All fonts of the system and of the folder; they are looked for once in a process."""
    import typst  # a large library, loaded only where a document is set

    return typst.Fonts(
        include_system_fonts=True,
        include_embedded_fonts=False,
        font_paths=[str(folder)] if folder else [],
    )


def families() -> dict[str, list[str]]:
    """Use → the families of it that are installed, best first. Raises NoFont without a Chinese
    one."""
    return chosen(set(installed(settings.STEELYARD_FONTS).families()))


def chosen(there: Collection[str]) -> dict[str, list[str]]:
    """The same of the families that are there."""
    found = {use: [name for name in names if name in there] for use, names in USES.items()}
    if not found["text"]:
        raise NoFont
    return found


def available() -> bool:
    """Whether documents can be set on this machine."""
    try:
        return bool(families())
    except NoFont:
        return False
