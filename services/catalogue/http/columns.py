"""The columns of an item list: what each is called in the lists that offices publish and export."""

from __future__ import annotations

from typing import Final

from libs.paper import Heading
from services.catalogue.item.rows import AGENCY, AREA, BASE, CODE, DEPARTMENT, NAME, TYPE, TYPE_WORD

COLUMNS: Final = (
    Heading(
        CODE,
        ("事项编码", "事项代码", "事项编号", "实施编码", "实施清单编码", "事项实施编码", "完整事项编码"),
        merges=False,
        code=True,
    ),
    Heading(NAME, ("事项名称", "名称", "实施事项名称", "政务服务事项名称", "业务办理项名称")),
    Heading(TYPE, ("事项类型代码", "事项类型编码", "类型代码")),
    Heading(TYPE_WORD, ("事项类型", "类型")),
    Heading(DEPARTMENT, ("事项所属部门", "所属部门", "实施主体", "实施主体名称", "实施机构", "实施部门", "部门", "部门名称")),
    Heading(BASE, ("基本编码", "基本目录编码", "事项基本编码"), code=True),
    Heading(AREA, ("行政区划代码", "行政区划编码", "行政区划", "区划代码", "区划编码")),
    Heading(AGENCY, ("机构编码", "机构代码", "统一社会信用代码", "实施主体编码", "实施主体代码", "部门编码")),
)
"""Of a type, its word is read where the list has no code."""
