"""The dozen items a new box shows, with procedures in our wording, and how they are published."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from services.onebox.departments import agency, remedies
from services.onebox.door import Door

StepRows = Sequence[tuple[str, str, str, int]]
_USUAL: Final[StepRows] = (("现场核查", "审查岗", "work", 2), ("审查", "审查岗", "examine", 1), ("核准", "核准岗", "approve", 1))
_PAPER: Final[StepRows] = (("审查", "审查岗", "examine", 2), ("核准", "核准岗", "approve", 1))
ITEMS: Final = (
    ("LD-511A-0001", "食品经营许可（新办）", "市场监督管理局", 8, _USUAL, ("申请书", "场所平面布局图", "食品安全管理制度")),
    ("LD-511A-0002", "公共场所卫生许可", "卫生健康局", 10, _USUAL, ("申请书", "卫生检测报告")),
    ("LD-511A-0003", "建设工程规划许可", "自然资源和规划局", 15, _USUAL, ("申请书", "土地使用证明", "设计方案")),
    ("LD-511A-0004", "建筑工程施工许可", "住房和城乡建设局", 5, _PAPER, ("申请表", "施工图审查合格书")),
    ("LD-511A-0005", "医疗机构执业登记", "卫生健康局", 12, _USUAL, ("申请书", "场所证明", "人员资格证明")),
    ("LD-511A-0006", "林木采伐许可", "林业局", 6, _USUAL, ("申请表", "权属证明")),
    ("LD-511A-0007", "道路货物运输经营许可", "交通运输局", 7, _PAPER, ("申请表", "车辆证明")),
    ("LD-511A-0008", "取水许可", "水务局", 15, _USUAL, ("申请书", "水资源论证表")),
    ("LD-511A-0009", "民办学校设立", "教育和体育局", 18, _USUAL, ("申办报告", "章程", "资产证明")),
    ("LD-511A-0010", "娱乐场所设立许可", "文化广播电视和旅游局", 10, _USUAL, ("申请书", "消防合格证明")),
    ("LD-511A-0011", "动物防疫条件合格证", "农业农村局", 8, _USUAL, ("申请表", "场所布局图")),
    ("LD-511A-0012", "户外广告设置许可", "综合行政执法局", 5, _PAPER, ("申请表", "效果图")),
)
"""Code, name, department, promised working days, steps, materials."""
STOPS: Final[Sequence[dict[str, Any]]] = (
    {"reason": "testing", "approver_post": "核准岗", "cap_days": 20},
    {"reason": "hearing", "approver_post": "核准岗", "cap_days": 20},
    {"reason": "expert-review", "approver_post": "核准岗", "cap_days": 30},
)
"""What may stop the clocks of these items: 现场检测, 听证, 专家评审."""


def publish(door: Door, node: str) -> None:
    """Publishes the items with their procedures under `node`."""
    for code, name, department, promised, steps, materials in ITEMS:
        decides = agency(node, department)
        item = {"item": code, "name": name, "type_code": "01", "department": department, "agency": decides["uscc"]}
        door.post("editor", f"/catalogue/nodes/{node}/items", f"{code}:item", item)
        procedure = {
            "item": code,
            "regime": "licence",
            "kind": "promised",
            "statutory_days": 20,
            "promised_days": promised,
            "delivery_days": 10,
            "extension_days": 10,
            "extension_moves_promise": False,
            "correction_days": 5,
            "steps": [{"name": n, "post": post, "role": role, "limit_days": days} for n, post, role, days in steps],
            "basis": "中华人民共和国行政许可法",
            "department": decides,
            "materials": [{"name": material} for material in materials],
            "pay_before_delivery": False,
            "suspensions": STOPS,
            "delivery": ["counter", "post", "portal"],
            "remedies": remedies(node),
        }
        door.post("editor", f"/catalogue/nodes/{node}/procedures", f"{code}:procedure", procedure)
