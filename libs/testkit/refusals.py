"""A pytest plugin that collects the codes really refused with, test by test, and holds docs/law.md and docs/policies.md against them.

`-p libs.testkit.refusals --law=check` compares at the end of a complete run, `--law=write` writes. A run is complete when it was given no
paths and left out nothing but tests that need a server; a code of no law is found by any run. Several processes (`-n`) tell what each heard.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any, Final

import pytest

from libs import decider
from libs.testkit import lawbook

LAW: Final = "docs/law.md"
POLICIES: Final = "docs/policies.md"
TOLD: Final = "law"
"""The name under which one of several processes tells what it has heard."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--law=check`, `--law=write`."""
    parser.addoption("--law", choices=("check", "write"), default=None, help="compare or write docs/law.md at the end of a complete run")


def pytest_configure(config: pytest.Config) -> None:
    """Collects only when asked for."""
    if config.getoption("--law"):
        config.pluginmanager.register(Collecting(config), "law")


class Collecting:
    """Listens to every refusal made in a run."""

    def __init__(self, config: pytest.Config) -> None:
        self._config, self._root = config, config.rootpath
        self.raised: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        self.anywhere: set[tuple[str, str]] = set()
        self.report: list[str] = []
        self._test = ""
        self._left_out: list[str] = []
        self._service_of: dict[str, str] = {}
        self._patch = pytest.MonkeyPatch()
        self._listen()

    def _listen(self) -> None:
        made = decider.Refused.__init__

        def heard(refused: decider.Refused, code: str, because: str, *more: Any, **named: Any) -> None:
            made(refused, code, because, *more, **named)
            if service := self._raiser():
                self.anywhere.add((service, code))
                if self._test:
                    self.raised[service, code].add(self._test)

        self._patch.setattr(decider.Refused, "__init__", heard)

    def _raiser(self) -> str:
        """The service whose own code refuses; empty: a library or a test."""
        frame = sys._getframe(2)
        while frame.f_code.co_filename == decider.__file__ and frame.f_back is not None:
            frame = frame.f_back
        name = frame.f_code.co_filename
        if name not in self._service_of:
            self._service_of[name] = service_of(Path(name), self._root)
        return self._service_of[name]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None]:
        """What is refused now belongs to this test, if the test is the same in every run."""
        self._test = shown(item)
        try:
            return (yield)
        finally:
            self._test = ""

    def pytest_deselected(self, items: Sequence[pytest.Item]) -> None:
        """Remembers what a run left out besides tests that need a server."""
        self._left_out.extend(item.nodeid for item in items if item.get_closest_marker("server") is None)

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Compares or writes; a difference fails the run."""
        if (told := vars(self._config).get("workeroutput")) is not None:
            told[TOLD] = self._heard()
        elif exitstatus != pytest.ExitCode.OK:
            self.report = ["not compared: the run did not go well"]
        elif wrong := self._judge() if self._complete() else lawbook.strangers(lawbook.refusals(self._root), self.anywhere):
            self.report, session.exitstatus = wrong, pytest.ExitCode.TESTS_FAILED
        elif not self._complete():
            self.report = ["every code refused with stands in a law; the pages were not compared: only a complete run raises every code"]

    def _heard(self) -> dict[str, Any]:
        """What this process has heard, as it is sent to the one that judges."""
        raised = [[*code, *tests] for code, tests in self.raised.items()]
        return {"raised": raised, "anywhere": [[*code] for code in self.anywhere], "left_out": self._left_out}

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Takes in what one of several processes has heard."""
        told = vars(node).get("workeroutput", {}).get(TOLD)
        if told is None:
            self._left_out.append(f"everything of {node.gateway.id}, which broke off")
            return
        for service, code, *tests in told["raised"]:
            self.raised[service, code].update(tests)
        self.anywhere.update((service, code) for service, code in told["anywhere"])
        self._left_out += told["left_out"]

    def _complete(self) -> bool:
        option = self._config.option
        narrowed = option.ignore or option.ignore_glob or option.collectonly or self._left_out
        return not narrowed and self._config.args_source is not pytest.Config.ArgsSource.ARGS

    def _judge(self) -> list[str]:
        known = lawbook.refusals(self._root)
        policies, where = (self._root / POLICIES).read_text(encoding="utf-8"), lawbook.applied(self._root, known)
        meant = {LAW: lawbook.page(known, self.raised), POLICIES: lawbook.with_applied(policies, where)}
        wrong = [*lawbook.faults(known, self.raised, self.anywhere), *lawbook.idle(policies, where)]
        for name, text in meant.items():
            path = self._root / name
            if self._config.getoption("--law") == "write":
                path.write_text(text, encoding="utf-8")
            elif not path.exists() or path.read_text(encoding="utf-8") != text:
                wrong.append(f"{name} is not what the code and its tests say: run scripts/check --law=write")
        return wrong

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Says what is wrong, one sentence a line."""
        for sentence in self.report:
            terminalreporter.write_line(f"law: {sentence}")

    def pytest_unconfigure(self) -> None:
        """Takes the ear off `Refused` again."""
        self._patch.undo()


def service_of(path: Path, root: Path) -> str:
    """The service a file of code belongs to; empty for libraries and tests."""
    if not path.is_relative_to(root / "services"):
        return ""
    parts = path.relative_to(root / "services").parts
    return parts[0] if len(parts) > 1 and "tests" not in parts else ""


def shown(item: pytest.Item) -> str:
    """`file::function` of a test that refuses the same in every run; empty for one that needs a server or draws its examples."""
    drawn = getattr(getattr(item, "obj", None), "is_hypothesis_test", False)
    return "" if drawn or item.get_closest_marker("server") else item.nodeid.partition("[")[0]
