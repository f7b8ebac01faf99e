"""The standing terms of an agreement, by edition: an agreement keeps the edition it was drawn up
by. No Django.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Terms:
    """The numbered sentences of each article."""

    duties: tuple[str, ...]
    paying: tuple[str, ...]
    ending: tuple[str, ...]
    other: tuple[str, ...]


EDITION: Final = 1
EDITIONS: Final[dict[int, Terms]] = {
    1: Terms(
        duties=(
            "按申报材料和本任务书组织实施项目，按期完成投资、投产和用工目标。",
            "财政资金专款专用、单独核算，不得截留、挪用，不得用于本项目以外的支出。",
            "依法与职工订立劳动合同并缴纳社会保险，用工人数以社会保险参保记录为准。",
            "按期报送项目进展，接受并配合服务秘书走访、现场核验、审计和绩效评价。",
            "对所提供材料的真实性、准确性、完整性负责。",
        ),
        paying=(
            "每期资金由乙方提出申请并附投资、用工证明材料，前一期拨付后方可申请后一期。",
            "服务秘书现场核验属实后，由财政部门经办、复核两人分别办理，一人不得兼任。",
            "资金由财政部门在预算管理一体化系统中拨付，以国库支付凭证为准。",
        ),
        ending=(
            "建设内容、规模、地点或目标确需调整的，乙方应当事先书面提出，经甲方同意后实施。",
            "乙方弄虚作假、挪用资金、停止或者无力实施项目的，甲方可以终止本任务书，停止拨付未付资金。",
            "本任务书终止的，甲方可以依法收回已付资金。",
            "项目完成后由甲方组织验收，目标完成情况作为验收和后续资金拨付的依据。",
        ),
        other=(
            "本任务书自双方签章之日起生效。扫描件与原件一致的，扫描件由系统留存备查。",
            "本任务书未尽事项，按照国家和省有关财政资金管理的规定执行。",
        ),
    )
}
