"""`liandong story FILE` as somebody types it: a case told through the real rules, without servers."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.cli.tests.stories import ACCEPTED, APPROVED, DECIDED, EXAMINED, FILED, PROCEDURE, STAFF, act, run, said, story


def test_a_case_is_told_with_its_facts_clocks_and_cards(tmp_path: Path) -> None:
    found = said(tmp_path, story(FILED, act("2007-03-05T10:00", "C0117", "acceptance"), until="2007-03-09T09:00+08:00"))
    assert list(found) == ["told", "phase", "clocks", "cards"]
    filing = found["told"][0]
    assert (filing["at"], filing["act"], filing["by"]) == ("2007-03-05T09:00:00+08:00", "file", "C0117")
    assert [(fact["service"], fact["type"]) for fact in filing["facts"]] == [("intake", "CaseFiled"), ("deadline", "ClockStarted")]
    assert found["phase"] == "accepted"


def test_a_refusal_is_told_with_its_code_and_the_file_is_read_to_its_end(tmp_path: Path) -> None:
    early = act("2007-03-05T10:00", "A0301", "decision", outcome="granted", document="宜水许〔2007〕5号")
    found = said(tmp_path, story(FILED, early))
    assert found["told"][1]["refused"]["code"] == "not-approved"


@pytest.mark.parametrize("told", ["{", '{"node": "511525", "node": "511526"}', "[]"])
def test_a_file_that_is_no_story_ends_with_2(tmp_path: Path, told: str) -> None:
    code, out, err = run(tmp_path, told)
    assert (code, out, err.count("\n")) == (2, "", 1)


# --- what is told -----------------------------------------------------------------------------------------------------------------------


def test_a_case_is_told_to_its_end_without_staff(tmp_path: Path) -> None:
    delivered = act("2007-03-12T09:00", "C0117", "delivery", how="counter", receipt="宜水达〔2007〕5号")
    found = said(tmp_path, story(FILED, ACCEPTED, *EXAMINED, *APPROVED, DECIDED, delivered, act("2007-03-13T09:00", "C0117", "close")))
    assert [one["refused"] for one in found["told"] if "refused" in one] == []
    assert (found["phase"], found["cards"]) == ("closed", [])
    assert {clock["kind"]: (clock["due_date"], clock["late"]) for clock in found["clocks"]} == {
        "correction": ("2007-03-12", False),
        "statutory": ("2007-04-02", False),
        "promised": ("2007-03-19", False),
        "step": ("2007-03-08", False),
        "delivery": ("2007-03-23", False),
    }


def test_told_again_it_is_the_same_to_the_letter(tmp_path: Path) -> None:
    told = story(FILED, ACCEPTED, until="2007-03-30T09:00+08:00")
    assert said(tmp_path, told) == said(tmp_path, told)
    assert said(tmp_path, told)["told"][0]["facts"][0]["case"] == "511525-20070305-000001-3"


def test_silence_rungs_and_cards_are_told_though_nobody_asked_for_them(tmp_path: Path) -> None:
    found = said(tmp_path, story(FILED, until="2007-03-20T00:00+08:00"))
    by_time = [(one["at"], one["by"], [fact["type"] for fact in one["facts"]]) for one in found["told"] if one["act"] is None]
    assert by_time[2] == (
        "2007-03-13T00:00:00+08:00",
        "system:deadline",
        ["ClockRed", "SilenceNoticed", "CardIssued", "CaseAccepted", "StepFellDue", "ClockEnded", *["ClockStarted"] * 3],
    )
    promised = next(clock for clock in found["clocks"] if clock["kind"] == "promised")
    assert (promised["due_date"], promised["due_at"], promised["late"], promised["ended_at"]) == (
        "2007-03-19", "2007-03-20T00:00:00+08:00", True, None
    )  # fmt: skip
    assert promised["rungs"] == [
        {"rung": "reminder", "at": "2007-03-16T00:00:00+08:00"},
        {"rung": "yellow", "at": "2007-03-19T00:00:00+08:00"},
        {"rung": "red", "at": "2007-03-20T00:00:00+08:00"},
    ]
    assert [(card["colour"], card["clock_kind"]) for card in found["cards"]] == [
        (colour, kind) for kind in ("correction", "step", "promised") for colour in ("yellow", "red")
    ]


def test_at_the_same_instant_what_time_does_comes_first(tmp_path: Path) -> None:
    """Silence is complete at 24:00 on Monday 12 March; whoever asks for corrections at that very instant comes too late."""
    late = act("2007-03-13T00:00", "C0117", "corrections-notice", missing=["平面图"])
    *_, silence, asked = said(tmp_path, story(FILED, late))["told"]
    assert (silence["at"], silence["act"], asked["at"], asked["act"]) == (
        asked["at"],
        None,
        "2007-03-13T00:00:00+08:00",
        "corrections-notice",
    )
    assert asked["refused"]["code"] == "already-accepted"


def test_facts_carry_their_fields_beside_service_and_type(tmp_path: Path) -> None:
    fact = said(tmp_path, story(FILED))["told"][0]["facts"][0]
    assert (fact["service"], fact["type"], fact["node"], fact["materials"], fact["at"]) == (
        "intake", "CaseFiled", "511525", ["申请书"], "2007-03-05T01:00:00Z"
    )  # fmt: skip


def test_a_refusal_has_code_article_and_sentence(tmp_path: Path) -> None:
    same = act("2007-03-07T15:00", "E0201", "steps/start", name="核准")
    refused = said(tmp_path, story(FILED, ACCEPTED, *EXAMINED, same))["told"][-1]["refused"]
    assert refused == {
        "code": "same-officer",
        "because": "一审一核：审查人与核准人不得为同一人（P-two-persons）",
        "source": "P-two-persons",
    }


def test_what_a_stop_left_out_is_shown_with_its_days(tmp_path: Path) -> None:
    hearing = {"expected_days": 5, "notice": "宜水函〔2007〕8号", "notified": "2007-03-07", "first": "2007-03-08"}
    stopped = act("2007-03-07T09:00", "A0301", "suspension", reason="hearing", **hearing)
    again = act("2007-03-15T09:00", "A0301", "resumption", number=1, last="2007-03-14")
    running = {clock["kind"]: clock for clock in said(tmp_path, story(FILED, ACCEPTED, stopped))["clocks"]}
    over = {clock["kind"]: clock for clock in said(tmp_path, story(FILED, ACCEPTED, stopped, again))["clocks"]}
    assert (running["statutory"]["due_date"], running["statutory"]["state"], running["statutory"]["late"]) == (None, "stopped", False)
    assert running["statutory"]["stops"] == [{"reason": "hearing", "first": "2007-03-08", "last": None}]
    assert over["statutory"]["stops"] == [{"reason": "hearing", "first": "2007-03-08", "last": "2007-03-14"}]
    assert (over["statutory"]["due_date"], over["suspension"]["stops"]) == ("2007-04-09", [])


def test_a_stop_that_was_called_off_left_nothing_out(tmp_path: Path) -> None:
    hearing = {"expected_days": 5, "notice": "宜水函〔2007〕8号", "notified": "2007-03-07", "first": "2007-03-15"}
    stopped = act("2007-03-07T09:00", "A0301", "suspension", reason="hearing", **hearing)
    called_off = act("2007-03-14T09:00", "A0301", "suspension/call-off", number=1, reasons="申请人放弃听证")
    clocks = said(tmp_path, story(FILED, ACCEPTED, stopped, called_off))["clocks"]
    assert [(clock["kind"], clock["state"], clock["stops"]) for clock in clocks if clock["kind"] in ("promised", "suspension")] == [
        ("promised", "open", []),
        ("suspension", "cancelled", []),
    ]


@pytest.mark.parametrize("node", ["511525100", "511525100200"])
def test_a_case_of_a_township_or_a_village_runs_under_the_procedure_of_its_county(tmp_path: Path, node: str) -> None:
    found = said(tmp_path, story(FILED, ACCEPTED, node=node, until="2007-03-09T00:00+08:00"))
    assert (found["told"][0]["facts"][0]["node"], found["phase"]) == (node, "accepted")
    assert found["told"][0]["facts"][0]["case"].startswith(f"{node}-")
    assert [(card["colour"], card["node"]) for card in found["cards"]] == [("yellow", node), ("red", node)]


def test_a_procedure_that_the_law_forbids_is_told_by_its_refusal_alone(tmp_path: Path) -> None:
    found = said(tmp_path, story(FILED, procedure={**PROCEDURE, "statutory_days": 21}))
    assert [(one["act"], one["by"], one["refused"]["code"]) for one in found["told"]] == [
        ("procedure", "system:story", "statutory-over-20")
    ]
    assert (found["phase"], found["clocks"], found["cards"]) == (None, [], [])


def test_a_record_filing_of_the_promised_kind_learns_that_it_is_the_record_filing_that_is_not_taken(tmp_path: Path) -> None:
    notification = {name: value for name, value in PROCEDURE.items() if name not in ("suspensions", "remedies")}
    found = said(tmp_path, story(FILED, procedure={**notification, "regime": "record-filing", "steps": []}))
    assert found["told"][0]["refused"] == {
        "code": "kind-not-offered",
        "because": "目前只办理承诺件，不办理备案（P-kinds-offered）",
        "source": "P-kinds-offered",
    }


def test_a_procedure_may_be_in_force_from_an_earlier_or_a_later_day(tmp_path: Path) -> None:
    earlier = said(tmp_path, story(FILED, procedure={**PROCEDURE, "effective": "2006-01-01"}))
    later = said(tmp_path, story(FILED, procedure={**PROCEDURE, "effective": "2007-03-06"}))
    assert earlier["phase"] == "filed"
    assert (later["told"][0]["refused"]["code"], later["phase"]) == ("not-in-force", None)


def test_the_item_may_be_told_as_it_is_registered(tmp_path: Path) -> None:
    item = {"item": "511A00001", "name": "取水许可", "type_code": "01", "department": "县水利局"}
    assert said(tmp_path, story(FILED, item=item))["told"][0]["facts"][0]["pinned"]["item_name"] == "取水许可"
    other = said(tmp_path, story(FILED, item={**item, "item": "511A00002"}))
    assert [one["act"] for one in other["told"]] == ["procedure"]


def test_a_clock_that_another_procedure_still_stops_is_not_told_as_if_it_went_on(tmp_path: Path) -> None:
    foreseen = [{"reason": reason, "approver_post": "核准岗", "cap_days": 30} for reason in ("hearing", "inspection")]
    first, second = (
        act(f"2007-03-0{day}T09:00", "A0301", "suspension", reason=reason, expected_days=5, notice="1号", notified=told, first=told)
        for day, reason, told in ((7, "hearing", "2007-03-07"), (8, "inspection", "2007-03-08"))
    )
    over = [act(f"2007-03-{day + 1}T09:00", "A0301", "resumption", number=n, last=f"2007-03-{day}") for n, day in ((1, 13), (2, 14))]
    _, out, _ = run(tmp_path, story(FILED, ACCEPTED, first, second, *over, procedure={**PROCEDURE, "suspensions": foreseen}))
    assert [line.strip() for line in out.splitlines() if "时限恢复：承诺" in line] == [
        "【时限】时限恢复：承诺 · 另有程序未结束，到期日未定",
        "【时限】时限恢复：承诺 · 到期日 2007-03-27",
    ]


# --- who may ----------------------------------------------------------------------------------------------------------------------------


def test_with_a_list_of_staff_only_those_named_may_act_and_in_their_posts(tmp_path: Path) -> None:
    by_examiner = act("2007-03-05T10:00", "E0201", "acceptance")
    by_stranger = act("2007-03-05T10:30", "X0001", "acceptance")
    found = said(tmp_path, story(FILED, by_examiner, by_stranger, act("2007-03-05T11:00", "C0117", "acceptance"), staff=STAFF))
    assert [one["refused"]["code"] if "refused" in one else None for one in found["told"]] == [None, "not-allowed", "not-allowed", None]


def test_a_filing_that_was_refused_may_be_done_again_by_who_may(tmp_path: Path) -> None:
    first = {**FILED, "by": "E0201"}
    found = said(
        tmp_path, story(first, act("2007-03-05T09:05", "C0117", "acceptance"), {**FILED, "at": "2007-03-05T09:10+08:00"}, staff=STAFF)
    )
    assert [one.get("refused", {}).get("code") for one in found["told"]] == ["not-allowed", "unknown-case", None]
    assert found["phase"] == "filed"


def test_whom_a_step_goes_to_is_known_from_the_list(tmp_path: Path) -> None:
    started, over = EXAMINED[0], act("2007-03-06T10:00", "E0201", "steps/hand-over", to="E0202", reasons="休假")
    codes = [
        said(tmp_path, story(FILED, ACCEPTED, started, over, staff=staff))["told"][-1].get("refused", {}).get("code")
        for staff in (None, STAFF, [*STAFF, {"staff": "E0202", "grants": [{"post": "examiner"}]}])
    ]
    assert codes == [None, "staff-unknown", None]
