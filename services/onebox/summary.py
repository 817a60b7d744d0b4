"""What a replay came to: the city's numbers, held against the sites' own."""

from __future__ import annotations

from typing import Any

from rich.console import Console

from libs.terminal import table
from services.onebox.box import OneBox
from services.onebox.door import send


def summarise(box: OneBox, log: str, seconds: float) -> dict[str, Any]:
    """The object `--json` prints. Everything but `counts_agree` is the city's word, made from verified feeds alone."""
    with box.city.client() as client:
        city = send(client, "GET", "/hub/replay", params={"log": log})
        chains = send(client, "GET", "/hub/verify")
    sites = [_at_site(box, site.code, log) for site in box.sites]
    return {
        "log": log,
        "cases": city["cases"],
        "closed": city["closed"],
        "red": len(city["red"]),
        "yellow": len(city["yellow"]),
        "statutory_red": len(city["statutory_red"]),
        "red_cases": sorted(city["red"]),
        "yellow_cases": sorted(city["yellow"]),
        "statutory_red_cases": sorted(city["statutory_red"]),
        "findings": {
            "same_officer": sorted(city["findings"].get("same-officer", [])),
            "after_the_end": sorted(city["findings"].get("after-the-end", [])),
        },
        "nodes": {code: {"cases": row["cases"], "red": row["red"]} for code, row in sorted(city["nodes"].items())},
        "chains_verified": bool(chains["verified"]),
        "counts_agree": _agree(city, sites),
        "events": city["events"],
        "seconds": round(seconds, 1),
    }


def _at_site(box: OneBox, code: str, log: str) -> dict[str, Any]:
    """The same numbers from the site's own services, and the length of its feeds."""
    with box.site(code).client() as client:
        cases = send(client, "GET", "/intake/replay", params={"log": log})
        clocks = send(client, "GET", "/deadline/replay", params={"log": log})
        findings = send(client, "GET", "/supervision/replay", params={"log": log})
        status = send(client, "GET", "/site/status")
    heads = {head["source"]: head["sequence"] for service in status["services"].values() for head in service["heads"]}
    return {"cases": cases, "clocks": clocks, "findings": findings, "heads": heads}


def _agree(city: dict[str, Any], sites: list[dict[str, Any]]) -> bool:
    """Cases, closed and red per node, yellow and statutory red, findings per detector, and events per feed: both sides the same."""
    nodes: dict[str, dict[str, int]] = {}
    for site in sites:
        for node, row in site["cases"]["nodes"].items():
            nodes[node] = {**row, "red": site["clocks"]["nodes"].get(node, {}).get("red", 0)}
    detectors: dict[str, int] = {}
    for site in sites:
        for detector, count in site["findings"]["findings"].items():
            detectors[detector] = detectors.get(detector, 0) + count
    heads = {source: sequence for site in sites for source, sequence in site["heads"].items()}
    return (
        nodes == {node: {"cases": row["cases"], "closed": row["closed"], "red": row["red"]} for node, row in city["nodes"].items()}
        and sum(site["clocks"]["yellow"] for site in sites) == len(city["yellow"])
        and sum(site["clocks"]["statutory_red"] for site in sites) == len(city["statutory_red"])
        and detectors == {detector: len(cases) for detector, cases in city["findings"].items()}
        and all(city["feeds"].get(source) == sequence for source, sequence in heads.items())
    )


def show(summary: dict[str, Any], console: Console) -> None:
    """Prints the summary for people."""
    counts = table("项目", "数量", title="重放结果", right=("数量",))
    rows = [
        ("办件", summary["cases"]),
        ("办结", summary["closed"]),
        ("红牌（超承诺时限）", summary["red"]),
        ("黄牌（到九成时限，含红）", summary["yellow"]),
        ("超法定时限", summary["statutory_red"]),
        ("发现：同一人审查和核准", len(summary["findings"]["same_officer"])),
        ("发现：办结后仍有办理", len(summary["findings"]["after_the_end"])),
        ("事件", summary["events"]),
    ]
    for name, count in rows:
        counts.add_row(name, f"{count:,}")
    console.print(counts)
    chains, agree = "全部一致" if summary["chains_verified"] else "不一致", "一致" if summary["counts_agree"] else "不一致"
    style = "green" if summary["chains_verified"] and summary["counts_agree"] else "red"
    console.print(f"链校验（市中心）：{chains}；节点与市中心计数：{agree}；用时 {summary['seconds']} 秒", style=style)
