"""Whether somebody may, and the sentence why not: post, node, item, day."""

from __future__ import annotations

from datetime import date

import pytest

from libs.authority import ACTS, NO_GRANTS, POSTS, Grant, Grants, Post, act_rows, covers, may, posted

DAY = date(2026, 11, 28)
NODE = "511525"
LAST = date(2199, 12, 31)


@pytest.mark.parametrize(
    ("own", "node", "covered"),
    [
        ("511525", "511525", True),
        ("511525", "511525100", True),
        ("511525", "511526", False),
        ("511525", "511500", False),
        ("511525100", "511525100", True),
        ("511525100", "511525101", False),
        ("511525100", "511525", False),
        ("511500", "511500", True),
        ("511500", "511525", True),
        ("511500", "511525100", True),
        ("511500", "511602", False),
        ("510000", "511525100", True),
        ("510000", "520100", False),
        ("511525", "", False),
    ],
)
def test_a_node_covers_itself_and_what_is_below(own: str, node: str, covered: bool) -> None:
    assert covers(own, node) is covered


def clerk(*, items: tuple[str, ...] = (), first: date = date(2026, 1, 1), last: date | None = None, node: str = NODE) -> Grants:
    return Grants([Grant(post=Post.CLERK, nodes=(node,), items=items, first=first, last=last, document="高政授〔2026〕1号")])


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("post", Post)
def test_a_post_may_what_the_data_says_and_nothing_else(act: str, post: Post) -> None:
    because = may(Grants(posted([post], [NODE], last=LAST)), act, "A", NODE, DAY)
    assert (because is None) == (post in ACTS[act].posts)
    assert because is None or because.startswith(f"没有「{ACTS[act].word}」的授权；由")


@pytest.mark.parametrize(
    ("grants", "item", "node", "because"),
    [
        (clerk(), "A", NODE, None),
        (clerk(), "", "", None),
        (clerk(items=("A",)), "A", NODE, None),
        (clerk(items=("A",)), "", NODE, None),
        (clerk(first=DAY, last=DAY), "A", NODE, None),
        (NO_GRANTS, "A", NODE, "没有「受理」的授权；由窗口受理人员、首席代表办理"),
        (clerk(items=("A", "C")), "B", NODE, "「受理」的授权限于事项 A、C，不及于事项 B"),
        (clerk(node="511525100"), "A", NODE, "「受理」的授权限于 511525100，不及于 511525"),
        (clerk(last=date(2026, 11, 27)), "A", NODE, "「受理」的授权已于 2026年11月27日 到期（高政授〔2026〕1号）"),
        (clerk(first=date(2026, 11, 29)), "A", NODE, "「受理」的授权自 2026年11月29日 起才有效（高政授〔2026〕1号）"),
    ],
)
def test_the_sentence_says_what_is_lacking(grants: Grants, item: str, node: str, because: str | None) -> None:
    assert may(grants, "intake.accept", item, node, DAY) == because


def test_two_grants_are_not_put_together_into_one_that_nobody_gave() -> None:
    two = Grants([*clerk(items=("A",)).all, *clerk(items=("B",), node="511526").all])
    assert may(two, "intake.accept", "A", NODE, DAY) is None
    assert may(two, "intake.accept", "B", "511526", DAY) is None
    assert may(two, "intake.accept", "B", NODE, DAY) == "「受理」的授权限于事项 A，不及于事项 B"
    assert may(two, "intake.accept", "A", "511526", DAY) == "「受理」的授权限于事项 B，不及于事项 A"


def test_an_act_that_there_is_not_is_nobodys_question() -> None:
    with pytest.raises(KeyError):
        may(clerk(), "intake.dance", "A", NODE, DAY)


def test_an_auditor_is_given_an_end() -> None:
    with pytest.raises(ValueError, match="审计人员的授权须有截止日期"):
        Grant(post=Post.AUDITOR, nodes=(NODE,))
    assert may(Grants([Grant(post=Post.AUDITOR, nodes=(NODE,), last=DAY)]), "intake.read-cases", "", NODE, DAY) is None


def test_an_auditor_can_be_given_nothing_but_reading() -> None:
    acts = {"a.do": {"word": "办", "posts": ["clerk", "auditor"]}}
    with pytest.raises(ValueError, match=r"a\.do 不是查阅"):
        act_rows({"acts": acts, "reads": {}})
    assert act_rows({"acts": {}, "reads": acts})["a.do"].reads


def test_what_an_auditor_reads_is_recorded_and_what_they_read_by_another_post_is_not() -> None:
    auditor = Grant(post=Post.AUDITOR, nodes=(NODE,), last=DAY)
    assert Grants([auditor]).watched("intake.read-cases", NODE, DAY)
    assert not Grants([auditor, *clerk().all]).watched("intake.read-cases", NODE, DAY)
    assert Grants([auditor, *clerk(last=date(2026, 11, 27)).all]).watched("intake.read-cases", NODE, DAY)
    assert not clerk().watched("intake.read-cases", NODE, DAY)
    assert not clerk().watched("intake.read-cases", "", DAY)


def test_a_read_of_several_nodes_is_recorded_when_one_of_them_is_open_by_the_auditors_post_alone() -> None:
    auditor = Grant(post=Post.AUDITOR, nodes=("511500",), last=DAY)
    assert Grants([auditor, *clerk().all]).watched("intake.read-cases", "", DAY)
    assert not Grants([auditor, *clerk().all]).watched("intake.read-cases", NODE, DAY)
    assert not Grants([auditor, *clerk(node="510000").all]).watched("intake.read-cases", "", DAY)
    assert Grants([auditor, *clerk(node="510000", last=date(2026, 11, 27)).all]).watched("intake.read-cases", "", DAY)


def test_where_somebody_may_do_something_is_known() -> None:
    two = Grants([*clerk(last=date(2026, 11, 27)).all, *clerk(node="511525100").all, *posted([Post.EDITOR], ["511526"])])
    assert two.nodes("intake.read-cases", DAY) == {"511525100"}
    assert two.nodes("intake.read-cases", date(2026, 11, 27)) == {"511525", "511525100"}


def test_a_grant_for_nowhere_or_that_ends_before_it_begins_cannot_be_given() -> None:
    with pytest.raises(ValueError, match="授权须写明节点"):
        Grant(post=Post.CLERK, nodes=())
    with pytest.raises(ValueError, match="截止日期早于起始日期"):
        Grant(post=Post.CLERK, nodes=(NODE,), first=DAY, last=date(2026, 11, 27))


def test_every_post_and_every_act_has_its_word() -> None:
    assert list(POSTS) == list(Post)
    assert [word for word in (*POSTS.values(), *(row.word for row in ACTS.values())) if word.isascii()] == []
    assert len({row.word for row in ACTS.values()}) == len(ACTS)
