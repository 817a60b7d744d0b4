"""docs/law.md and the last column of docs/policies.md: read from code, raised by tests, compared; each way to be wrong fails a run."""

from __future__ import annotations

from pathlib import Path

import pytest

from libs.testkit import lawbook
from libs.testkit.lawbook import Ground

pytest_plugins = ["pytester"]

LAW = """
from libs.decider import Law, refusing

ART_45 = "行政许可法第四十五条"
LAW = {
    # suspension
    "stop-back-dated": Law(f"{ART_45}，P-notice", "不计时的首日不得早于今日"),
    # ends
    "ended": Law("行政许可法第三十二条第一款第四项", "办件已经终结"),
}
refused = refusing(LAW)
"""
RULES = """
\"\"\"Told beforehand (P-notice).\"\"\"
from services.shop.law import refused

LATE = "ended"

def stop(days):
    if days < 0:
        raise refused("stop-back-dated")

def close(open):
    if not open:
        raise refused(LATE)
"""
TESTS = """
import pytest
from libs.decider import Refused
from services.shop.rules import close, stop

@pytest.mark.parametrize("days", [-1, -2])
def test_a_stop_begins_today_at_the_earliest(days):
    with pytest.raises(Refused):
        stop(days)

def test_what_ended_stays_ended():
    with pytest.raises(Refused):
        close(False)
"""
POLICIES = """# Policies

| id | what | source | applied by |
|---|---|---|---|
| P-notice | told in writing | ours | |
"""


@pytest.fixture
def repository(pytester: pytest.Pytester) -> pytest.Pytester:
    """A repository with one service of two refusals."""
    pytester.makepyprojecttoml(
        "[tool.pytest.ini_options]\ntestpaths = ['services']\naddopts = ['--import-mode=importlib']\nmarkers = ['server', 'slow']"
    )
    for name, text in {
        "services/__init__.py": "",
        "services/shop/__init__.py": "",
        "services/shop/law.py": LAW,
        "services/shop/rules.py": RULES,
        "services/shop/tests/__init__.py": "",
        "services/shop/tests/test_rules.py": TESTS,
        "docs/policies.md": POLICIES,
    }.items():
        path = pytester.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return pytester


PARTLY = "every code refused with stands in a law; the pages were not compared: only a complete run raises every code"
MARKED = """
import pytest

@pytest.mark.{mark}
def test_beside():
    print("here")
"""


def run(repository: pytest.Pytester, *more: str) -> tuple[int, list[str]]:
    """The exit code, and what was said of the law. Of the plugins installed here only the one is loaded that a run may need: most start slowly."""
    with pytest.MonkeyPatch.context() as lean:
        lean.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
        result = repository.runpytest_subprocess("-p", "xdist.plugin", "-p", "libs.testkit.refusals", *more)
    return int(result.ret), [line.removeprefix("law: ") for line in result.outlines if line.startswith("law: ")]


def test_the_page_is_written_by_a_run_and_then_compared(repository: pytest.Pytester) -> None:
    page, policies = repository.path / "docs" / "law.md", repository.path / "docs" / "policies.md"
    stale = "is not what the code and its tests say: run scripts/check --law=write"
    assert run(repository, "--law=check") == (1, [f"docs/law.md {stale}", f"docs/policies.md {stale}"])
    assert run(repository, "--law=write") == (0, [])
    assert page.read_text(encoding="utf-8").splitlines()[-3:] == [
        "| 行政许可法第三十二条第一款第四项 | `ended` | `shop/rules.py` | `shop/test_rules.py::test_what_ended_stays_ended` |",
        "| 行政许可法第四十五条 | `stop-back-dated` | `shop/rules.py` | `shop/test_rules.py::test_a_stop_begins_today_at_the_earliest` |",
        "| P-notice | `stop-back-dated` | `shop/rules.py` | `shop/test_rules.py::test_a_stop_begins_today_at_the_earliest` |",
    ]
    assert policies.read_text(encoding="utf-8").splitlines()[-1] == (
        "| P-notice | told in writing | ours | `shop/rules.py`: `stop-back-dated` |"
    )
    assert run(repository, "--law=check") == (0, [])


def test_several_processes_hear_together_what_one_would(repository: pytest.Pytester) -> None:
    assert run(repository, "--law=write") == (0, [])
    assert run(repository, "--law=check", "-n", "2") == (0, [])
    (repository.path / "docs" / "law.md").write_text("", encoding="utf-8")
    code, said = run(repository, "--law=check", "-n", "2")
    assert (code, said) == (1, ["docs/law.md is not what the code and its tests say: run scripts/check --law=write"])
    code, said = run(repository, "--law=check", "-n", "2", "-k", "ended")
    assert (code, said) == (0, [PARTLY])


def test_only_a_complete_run_is_judged(repository: pytest.Pytester) -> None:
    for narrower in (["-k", "ended"], ["services/shop/tests/test_rules.py"]):
        code, said = run(repository, "--law=check", *narrower)
        assert (code, said) == (0, [PARTLY])


def test_a_run_is_complete_when_it_leaves_out_only_what_needs_a_server(repository: pytest.Pytester) -> None:
    assert run(repository, "--law=write") == (0, [])
    for marks, said in {"server": [], "server\n@pytest.mark.slow": [], "slow": [PARTLY]}.items():
        (repository.path / "services/shop/tests/test_marked.py").write_text(MARKED.format(mark=marks), encoding="utf-8")
        assert run(repository, "--law=check", "-m", "not server and not slow") == (0, said), marks


def test_a_code_of_no_law_is_found_by_the_run_of_the_servers(repository: pytest.Pytester) -> None:
    (repository.path / "services/shop/extra.py").write_text("from libs.decider import Refused\n\nNO = Refused('made-up', '不行')\n")
    (repository.path / "services/shop/tests/test_served.py").write_text(MARKED.format(mark="server") + "    import services.shop.extra\n")
    assert run(repository, "--law=check", "-m", "server") == (1, ['shop refuses with "made-up", which does not stand in its law.py'])


def test_what_stands_in_no_law_fails_and_what_servers_and_drawn_examples_raise_shows_nothing(repository: pytest.Pytester) -> None:
    (repository.path / "services/shop/extra.py").write_text("from libs.decider import Refused\n\nNO = Refused('made-up', '不行')\n")
    drawn = """
import pytest
from hypothesis import given, strategies
from libs.decider import Refused
from services.shop.rules import close, stop

@given(days=strategies.just(-1))
def test_any_stop(days):
    with pytest.raises(Refused):
        stop(days)

@pytest.mark.server
def test_over_http():
    with pytest.raises(Refused):
        close(False)

def test_more():
    from services.shop.extra import NO
    assert NO.code
"""
    (repository.path / "services/shop/tests/test_rules.py").write_text(drawn, encoding="utf-8")
    assert run(repository, "--law=write") == (
        1,
        [
            'shop refuses with "made-up", which does not stand in its law.py',
            *(f'"{code}" in the law of shop is raised by no test' for code in ("ended", "stop-back-dated")),
        ],
    )


def test_a_code_without_source_and_a_policy_nobody_applies_are_faults() -> None:
    known = [Ground("shop", "why", " ", ("shop/rules.py",)), Ground("shop", "ended", "Art. 1", ())]
    raised = {("shop", "why"): {"a.py::test_a"}, ("shop", "ended"): {"a.py::test_b"}}
    assert lawbook.faults(known, raised, set(raised)) == ['"why" in the law of shop has no source']
    assert lawbook.faults(known[1:], {}, set()) == ['"ended" in the law of shop is raised by no test']
    assert lawbook.idle(POLICIES, {}) == ["P-notice of docs/policies.md is applied by nothing"]
    assert lawbook.idle(POLICIES, {"P-notice": "`shop/rules.py`"}) == []


def test_articles_stand_in_the_order_of_the_law() -> None:
    assert [lawbook.number(numeral) for numeral in ("四", "十", "十一", "二十", "三十二", "一百零三")] == [4, 10, 11, 20, 32, 103]
    sources = ["P-a", "行政许可法第四十五条", "行政许可法第三十二条第一款第五项", "行政许可法第三十二条第一款第四项", "行政许可法第四条"]
    known = [Ground("shop", f"code-{n}", source, ()) for n, source in enumerate(sources)]
    rows = lawbook.page(known, {}).removeprefix(lawbook.HEAD).splitlines()
    assert [row.split(" | ")[0] for row in rows] == [f"| {sources[n]}" for n in (4, 3, 2, 1, 0)]


def test_the_page_of_this_repository_is_written_by_hand_nowhere() -> None:
    root = Path(__file__).parents[2]
    assert (root / "docs" / "law.md").read_text(encoding="utf-8").startswith(lawbook.HEAD)
    services = {one.service for one in lawbook.refusals(root)}
    assert services == {path.parent.name for path in (root / "services").glob("*/law.py")}


def test_both_scripts_compare_the_page() -> None:
    for script in ("check", "test"):
        text = (Path(__file__).parents[2] / "scripts" / script).read_text(encoding="utf-8")
        assert "-p libs.testkit.refusals --law=check" in text, f"scripts/{script} does not compare docs/law.md"
