"""Why the registry says no: every refusal of the hub once, with its source and its sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from libs.decider import Law, refusing

LAW: Final[Mapping[str, Law]] = {
    # Who is in the network.
    "other-site": Law("P-one-site", "节点 {node} 已由 {known} 承载；换节点部署须经登记变更"),
    "other-key": Law("P-one-key", "密钥编号 {key} 已登记为另一把公钥"),
    "unknown-key": Law("P-one-key", "密钥编号 {key} 未曾登记，无从注销"),
    "epoch-not-next": Law("P-epochs-in-order", "{node} 的 {service} 应启用第 {due} 世代，不是第 {epoch} 世代"),
}
refused: Final = refusing(LAW)
