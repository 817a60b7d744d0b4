"""The list of materials (申请材料目录): closed, each named once, in one copy at least (Art. 30, 31)."""

from __future__ import annotations

import re
from typing import Final

from libs.codes import folded
from services.catalogue.events import ProcedurePublished
from services.catalogue.law import refused
from services.catalogue.procedure.names import twice

OTHERS: Final = re.compile(r"^其[他它]$|其[他它](有关|相关)?(材料|资料|文件)(\(.*\))?$")
"""What leaves a list open, as lists published have it: 其他, 其他材料, 法律法规规定的其他有关材料（如有）."""


def check_materials(told: ProcedurePublished) -> None:
    """Refuses a list that names a material twice or in no copy, or that is left open for whatever may be asked later."""
    if twice(material.name for material in told.materials):
        raise refused("material-twice")
    if any(material.copies < 1 for material in told.materials):
        raise refused("no-copies")
    if any(OTHERS.search(folded(material.name)) for material in told.materials):
        raise refused("other-materials")
