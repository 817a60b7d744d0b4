"""The telling, with a bell and its echo: what follows from an act, who may do it, and that time comes first."""

from __future__ import annotations

import pytest

from libs.story import Scene, Telling, Told
from libs.story.tests.bells import Bell, RingForm, echo, scene
from libs.testkit.neighbours import moment


def told(*noons: str, opening: int = 0) -> Telling:
    """A story of one bell and its echo."""
    here = scene()
    telling = Telling(here, [Bell(here, noons, opening).part(), echo()])
    assert telling.open()
    return telling


def rung(telling: Telling, at: str, by: str = "C0117", times: int = 1) -> Told:
    """The bell is rung by somebody."""
    return telling.act(moment(at), by, "ring", RingForm(times=times))


def test_a_fact_is_told_with_what_follows_from_it_in_other_services() -> None:
    found = rung(told(), "2007-03-05T10:00")
    assert [(fact.service, fact.type, fact.said.at) for fact in found.facts] == [
        ("bell", "BellRang", moment("2007-03-05T10:00")),
        ("echo", "EchoCame", moment("2007-03-05T10:00")),
    ]
    assert (found.act, found.by, found.refused) == ("ring", "C0117", None)


def test_a_refusal_is_told_with_code_article_and_sentence_and_changes_nothing() -> None:
    telling = told()
    assert rung(telling, "2007-03-05T10:00", times=3).refused is None
    found = rung(telling, "2007-03-05T10:00")
    assert found.refusal is not None
    assert (found.facts, *found.refusal) == ((), "cracked", "钟已经破了（P-bells）", "P-bells")
    assert len(telling.facts) == 2


def test_what_a_hearer_is_refused_stands_behind_the_act_that_it_heard_of() -> None:
    telling = told()
    assert rung(telling, "2007-03-05T10:00", times=2).refused is None
    assert [(one.act, one.by, one.refused) for one in telling.told] == [("ring", "C0117", None), (None, "system:echo", "too-loud")]


def test_an_act_that_changes_nothing_has_no_facts() -> None:
    found = told().act(moment("2007-03-05T10:00"), "C0117", "touch", None)
    assert (found.facts, found.refused) == ((), None)


@pytest.mark.parametrize(
    ("by", "because"),
    [
        ("E0201", "E0201：没有「受理」的授权；由窗口受理人员、首席代表办理"),
        ("X0001", "X0001 不在人员名单上：没有「受理」的授权；由窗口受理人员、首席代表办理"),
    ],
)
def test_only_who_has_the_role_of_the_route_may_act(by: str, because: str) -> None:
    found = rung(told(), "2007-03-05T10:00", by)
    assert found.refusal is not None
    assert (found.refused, found.refusal.because) == ("not-allowed", because)


def test_who_is_known_may_do_what_needs_no_role_and_nobody_else() -> None:
    telling = told()
    assert telling.act(moment("2007-03-05T10:00"), "E0201", "touch", None).refused is None
    found = telling.act(moment("2007-03-05T10:00"), "X0001", "touch", None).refusal
    assert found is not None
    assert found.code == "not-allowed"
    assert found.because.startswith("X0001 不在人员名单上：没有「查阅事项目录」的授权")


def test_at_the_same_instant_what_time_does_comes_first() -> None:
    telling = told("2007-03-05T11:00", "2007-03-05T12:00")
    rung(telling, "2007-03-05T12:00")
    assert [(one.at, one.act, one.by) for one in telling.told] == [
        (moment("2007-03-05T11:00"), None, "system:bell"),
        (moment("2007-03-05T12:00"), None, "system:bell"),
        (moment("2007-03-05T12:00"), "ring", "C0117"),
    ]


def test_time_goes_on_to_the_end_and_no_further() -> None:
    telling = told("2007-03-05T12:00", "2007-03-06T12:00")
    telling.until(moment("2007-03-06T11:59"))
    assert [one.at for one in telling.told] == [moment("2007-03-05T12:00")]
    with pytest.raises(AssertionError, match="time goes on"):
        telling.until(moment("2007-03-05T12:00"))


def test_what_was_so_before_the_first_act_is_no_part_of_the_telling() -> None:
    telling = told(opening=1)
    assert (telling.told, [fact.said.at for fact in telling.opened][:1]) == ([], [moment("2007-03-04T09:00")])
    rung(telling, "2007-03-05T10:00")
    assert [show for part in telling.parts for show in part.shows().items()] == [("rung", [1, 1])]


def test_where_the_opening_is_refused_that_is_told_and_nothing_more_can_be() -> None:
    here = scene()
    telling = Telling(here, [Bell(here, opening=4).part(), echo()])
    assert not telling.open()
    assert [(one.act, one.by, one.refused) for one in telling.told] == [("opening", "system:story", "cracked")]


@pytest.mark.parametrize(
    ("node", "line"),
    [
        ("511525", ("511525",)),
        ("511525100", ("511525100", "511525")),
        ("511525100200", ("511525100200", "511525100", "511525")),
    ],
)
def test_a_story_plays_at_a_node_and_those_above_it_up_to_the_county(node: str, line: tuple[str, ...]) -> None:
    here: Scene = scene(node)
    assert (here.site.line(node), here.county) == (line, "511525")
