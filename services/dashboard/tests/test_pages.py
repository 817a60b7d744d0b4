"""The pages of what the services answered: words for phases and marks, timelines in sentences, nothing that makes a page fall."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from starlette.requests import Request

import services.dashboard
from libs.contracts import phases
from libs.testkit.contracts import contract
from libs.web import ListAsk, Pages
from libs.words import FACTS
from services.dashboard.tests import answers
from services.dashboard.tests.answers import CASE, CLOCK, clock, event, node, recent, row
from services.dashboard.views import case_model, city_model, clock_rows, feed_rows, network_model, proof_model, timeline_model
from services.dashboard.views.words import STATES

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
PAGES = Pages(Path(services.dashboard.__file__).parent / "templates", brand="联动")


def page(name: str, **context: Any) -> str:
    """The text of a page, with runs of space made one."""
    request = Request({"type": "http", "method": "GET", "path": "/", "headers": [], "query_string": b"", "state": {}})
    text = bytes(PAGES.render(request, name, **context).body).decode()
    assert not re.search(r"<script|\sstyle=|\son\w+=", text)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def city(*recent: dict[str, Any], **more: Any) -> str:
    return page("city.html", city=city_model(answers.city(*recent, **more)))


def site_page(case: dict[str, Any], *clocks: dict[str, Any], now: datetime = NOW, current: bool = True) -> str:
    """A site's own page of a case."""
    found = case_model(case, clocks, now)
    return page("clocks.html", found=found, number=CASE, city="http://city", current=current)


def network(*feeds: dict[str, Any], status: dict[str, Any] | None = None, nodes: tuple[dict[str, Any], ...] = ()) -> str:
    model = network_model(answers.city(nodes=nodes), feeds, status or answers.status(), ListAsk(), ListAsk())
    return page("network.html", net=model)


def case_page(case: dict[str, Any], *events: dict[str, Any], clocks: tuple[dict[str, Any], ...] = ()) -> str:
    return page("case.html", found=timeline_model(answers.timeline(case, *events, clocks=clocks)), case=CASE)


def test_only_what_its_owner_answers_can_be_in_an_answer() -> None:
    with pytest.raises(AssertionError, match="finished_on is not answered; code, name"):
        node(finished_on=3)


@pytest.mark.parametrize("phase", phases().words)
def test_every_phase_has_its_word_on_both_pages(phase: str) -> None:
    assert phases().words[phase] in city(recent(phase))
    assert phases().words[phase] in case_page(row(phase))


@pytest.mark.parametrize(("cards", "word"), [({"yellow": True}, "黄牌"), ({"yellow": True, "red": True}, "红牌")])
def test_a_card_stands_behind_phase_and_mark(cards: dict[str, bool], word: str) -> None:
    assert f"已审查 依法不计时 {word}" in city(recent("examined", suspended=True, **cards))


def test_suspension_stands_beside_the_phase() -> None:
    for text in (city(recent("examined", suspended=True)), case_page(row("examined", suspended=True))):
        assert "已审查 依法不计时" in text
    assert "依法不计时" not in city(recent("examined")) + case_page(row("examined"))


def test_a_case_known_by_its_clocks_alone_has_a_page() -> None:
    assert "食品经营许可" not in case_page(row(None, item=None, item_name=None, filed_at=None))


def test_the_city_counts_what_is_finished() -> None:
    text = city(nodes=(node(), node(code="511526", name="珙县", finished=7, finished_today=2)))
    assert re.search(r"3 今日终结|今日终结 3", text)
    assert re.search(r"12 累计终结|累计终结 12", text)


@pytest.mark.parametrize("state", STATES)
def test_every_state_of_a_node_has_a_word(state: str) -> None:
    assert STATES[state][0] in city(nodes=(node(state, seen=None),))


def test_cards_and_findings_are_told() -> None:
    text = city(cards=True)
    assert "红牌 超过承诺时限" in text
    assert "食品经营许可 高县 · 511525-20070305-000001-0" in text, "the item, and the number behind it"
    assert "县水利局 · 审查岗 · E0201" in text
    assert "同一人审查和核准" in text


@pytest.mark.parametrize("family", FACTS)
def test_every_public_event_can_stand_in_a_timeline(family: str) -> None:
    shown = timeline_model({"case": row(), "timeline": [event(f"{family}.v1")], "clocks": []})["events"][0]
    assert (shown["title"], shown["who"]) == (FACTS[family].title, "C0117")
    assert shown["proof"] == f"511525/{family.split('.')[1]} 第 1,234 号 · 0123456789ab"
    assert FACTS[family].title in case_page(row(), event(f"{family}.v1"))


def test_a_timeline_is_told_in_sentences_newest_first() -> None:
    events = [
        event("liandong.intake.CaseFiled.v1"),
        event("liandong.intake.CorrectionsRequested.v1"),
        event("liandong.deadline.ClockRed.v1"),
    ]
    shown = timeline_model({"case": row(), "timeline": events, "clocks": []})["events"]
    assert [entry["title"] for entry in shown] == ["超过期限", "一次告知补正", "收件"]
    missing = contract("intake", "CorrectionsRequested").sample["missing"]
    assert (shown[0]["text"], shown[1]["text"], shown[0]["tone"]) == ("承诺 · 县水利局 · 审查岗 · E0201", "、".join(missing), "bad")


def test_what_is_unknown_or_broken_is_shown_by_its_own_name() -> None:
    text = case_page(row(), event("liandong.fees.PaymentTaken.v1", {}), event("liandong.intake.CaseFiled.v2", {}, verified=False))
    assert "PaymentTaken" in text
    assert "收件" in text
    assert "有事件尚未核验" in text


def test_the_clocks_of_a_case() -> None:
    text = case_page(row(), clocks=(clock(red=True), clock(kind=None, due_at=None, ended=True)))
    assert "承诺 红" in text
    assert "停止计时" in text
    assert "已结束" in text


def test_a_clock_that_was_cancelled_is_called_so_as_at_its_site() -> None:
    cancelled = event("liandong.deadline.ClockCancelled.v1", {**contract("deadline", "ClockCancelled").sample, "clock": CLOCK})
    statutory = clock(clock=f"clock:{CASE}:statutory", ended=True)
    text = case_page(row(), clocks=(clock(ended=True), statutory))
    assert (text.count("不再计时"), text.count("已结束")) == (0, 2)
    text = case_page(row(), cancelled, clocks=(clock(ended=True), statutory))
    assert (text.count("不再计时"), text.count("已结束")) == (2, 1), "what was told, and the state of the clock"
    assert case_page(row(), cancelled, clocks=(clock(ended=False),)).count("不再计时") == 1


@pytest.mark.parametrize("fact", ["ClockStopped", "ClockResumed", "ClockExtended"])
def test_which_clock_stops_is_said_by_its_name(fact: str) -> None:
    told = {**contract("deadline", fact).sample, "clock": CLOCK}
    shown = timeline_model(answers.timeline(row(), event(f"liandong.deadline.{fact}.v1", told)))["events"][0]
    assert shown["text"] == "承诺"


@pytest.mark.parametrize(
    ("type_", "changes", "who"),
    [
        ("liandong.intake.StepDone.v1", {"imported": True, "officer": "C0122"}, "C0122 · 由 C0117 导入"),
        ("liandong.intake.StepDone.v1", {"imported": True, "officer": ""}, "由 C0117 导入"),
        ("liandong.intake.StepDone.v1", {"imported": False, "officer": "C0122"}, "C0117"),
        ("liandong.deadline.ClockRed.v1", {"imported": True, "officer": "C0122"}, "C0117"),
        ("liandong.intake.CaseAccepted.v1", {"imported": False, "officer": "system:intake"}, "系统"),
    ],
)
def test_an_imported_act_names_who_did_it_and_who_imported_it(type_: str, changes: dict[str, Any], who: str) -> None:
    _, service, fact, _ = type_.split(".")
    told = {**contract(service, fact).sample, **changes}
    assert timeline_model(answers.timeline(row(), event(type_, told)))["events"][0]["who"] == who


@pytest.mark.parametrize(("actor", "who"), [("system:deadline", "系统"), ("O0001", "O0001")])
def test_a_service_of_the_system_is_called_so(actor: str, who: str) -> None:
    told = answers.changed(event("liandong.deadline.ClockRed.v1"), actor=actor)
    assert timeline_model(answers.timeline(row(), told))["events"][0]["who"] == who


def test_a_refusal_names_the_agency_and_where_it_is_contested_in_words() -> None:
    remedies = {
        "reconsider_at": "高县人民政府",
        "reconsider_days": 60,
        "sue_at": "高县人民法院",
        "sue_months": 6,
        "basis": "行政复议法第二十条",
    }
    agency = {"uscc": "11511500MB1554566Q", "name": "宜宾市城市管理行政执法局"}
    refused = {**contract("intake", "CaseNotAccepted").sample, "reason": "not-ours", "agency": agency, "remedies": remedies}
    text = case_page(row("not-accepted"), event("liandong.intake.CaseNotAccepted.v1", refused))
    assert "依法不属于本机关职权范围" in text
    assert "有权机关：宜宾市城市管理行政执法局（11511500MB1554566Q）" in text
    assert "60 日内向高县人民政府申请行政复议，或者 6 个月内向高县人民法院提起行政诉讼（行政复议法第二十条）" in text


def test_clocks_of_one_kind_are_told_apart_by_their_number() -> None:
    stops = [clock(clock=f"clock:{CASE}:suspension:{n}", kind="suspension") for n in (1, 2)]
    text = case_page(row(), clocks=(clock(clock=f"clock:{CASE}:step:3", kind="step", label="核准"), *stops))
    assert re.search("环节 3 核准 .*依法不计时 1 .*依法不计时 2 ", text)
    second = answers.changed(answers.kept("deadline-clocks")[0], clock=f"clock:{CASE}:suspension:2", kind_text="依法不计时所需时间")
    assert "依法不计时所需时间 2 " in site_page(answers.listed(), second)


@pytest.mark.parametrize("state", STATES)
def test_the_state_of_a_feed_has_its_word_and_its_tone(state: str) -> None:
    feed = answers.changed(answers.kept("hub-feeds")[0], state=state, waiting=2, verified=5)
    (shown,) = feed_rows([feed])
    assert (shown["state_text"], shown["tone"]) == (("待检查点", "warn") if state == "live" else STATES[state])
    text = network(feed)
    assert ("待检查点" if state == "live" else STATES[state][0]) in text.split("链头")[1]
    assert feed["hash"].removeprefix("sha256:")[:12] in text


def test_a_sites_own_clocks_and_their_proof() -> None:
    (_, shown, *_) = clock_rows(answers.kept("deadline-clocks"))
    assert shown["due_at"] == datetime(2007, 3, 29, 16, tzinfo=UTC)
    text = site_page(answers.listed(), *answers.kept("deadline-clocks"))
    assert "承诺时限 2007年3月29日 24:00 前 已超期 高县水务局 · 无人承办 时限凭证" in text


def test_a_sites_own_page_of_a_case_tells_what_its_row_and_its_clocks_know_newest_first() -> None:
    decided = answers.changed(answers.listed("decided"), outcome="granted", decided_at="2007-03-30T02:00:00Z")
    found = case_model(decided, answers.kept("deadline-clocks"), NOW)["events"]
    told = [(event["title"], event["text"]) for event in found]
    assert told == [
        ("决定", "准予"),
        ("超过期限", "承诺时限"),
        ("临近期限", "承诺时限"),
        ("受理", ""),
        ("收件", ""),
    ]
    assert found[1]["who"] == "高县水务局 · 无人承办"
    assert "决定 准予 2007年3月30日 10:00 超过期限 承诺时限 高县水务局 · 无人承办" in site_page(decided, *answers.kept("deadline-clocks"))


def test_a_case_that_ended_without_a_decision_says_how() -> None:
    gone = answers.changed(answers.listed("withdrawn"), accepted_at=None, finished_at="2007-03-06T02:00:00Z")
    assert [event["title"] for event in case_model(gone, [], NOW)["events"]] == [phases().words["withdrawn"], "收件"]


@pytest.mark.parametrize(("state", "words"), [("open", "未推算"), ("stopped", "停止计时")])
def test_a_clock_is_not_shown_as_stopped_before_the_day_of_the_stop_that_was_announced(state: str, words: str) -> None:
    of_site = answers.changed(answers.kept("deadline-clocks")[1], due_at=None, state=state)
    assert f"承诺时限 {words} 已超期 高县水务局" in site_page(answers.listed(), of_site)
    found = proof_model(answers.changed(answers.proof(), state=state))
    assert f"{words} 到期" in page("proof.html", proof=found, clock=CLOCK)


@pytest.mark.parametrize("phase", phases().words)
def test_a_sites_own_page_of_a_case_says_phase_and_mark_as_the_city_does(phase: str) -> None:
    running, marked = [site_page(answers.listed(phase, suspended=suspended)) for suspended in (False, True)]
    assert f"食品经营许可 {phases().words[phase]} {CASE}" in running
    assert f"食品经营许可 {phases().words[phase]} 依法不计时 {CASE}" in marked


def test_a_proof_says_why_every_day_counts() -> None:
    shown = proof_model(answers.proof())
    text = page("proof.html", proof=shown, clock=f"clock:{CASE}:promised")
    assert "时限凭证：承诺时限" in text
    assert "触发事件 511525/intake 第 2 号 " in text
    assert "不计时 鉴定 自 2026年11月24日 起" in text
    assert "工作日" in text


def test_a_proof_says_how_far_a_clock_had_run_when_its_case_came() -> None:
    carried = {"text": "导入时已经过 8 个工作日，此前不发牌", "ran": 8, "at": answers.AT}
    shown = proof_model(answers.changed(answers.proof(), carried=carried))
    text = page("proof.html", proof=shown, clock=f"clock:{CASE}:promised")
    assert "导入时已经过 8 个工作日，此前不发牌（ 2026年11月23日 09:00 ）" in text
    assert "导入时已经过" not in page("proof.html", proof=proof_model(answers.proof()), clock=f"clock:{CASE}:promised")


def test_each_of_the_networks_lists_keeps_what_was_asked_of_the_other() -> None:
    wrong, feeds = ListAsk(sort="-age", find="高县"), ListAsk(sort="-kept", page=2)
    model = network_model(answers.city(), [], answers.status(), wrong, feeds)
    assert parse_qs(model["wrong"].turned(1)[1:].partition("#")[0])["feeds-sort"] == ["-kept"]
    assert parse_qs(model["feeds"].turned(1)[1:].partition("#")[0]) == {
        "feeds-sort": ["-kept"],
        "wrong-sort": ["-age"],
        "wrong-find": ["高县"],
    }
