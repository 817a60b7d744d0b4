"""The book of law: which article or policy is applied in which file, with which codes, and which tests raise them.

Laws and files are read from the syntax tree of `services/`; what the tests raised is told by `libs.testkit.refusals`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from libs.decider import BETWEEN

Raised = Mapping[tuple[str, str], Set[str]]
"""Service and code → the tests (`file::function`) in which it was raised."""

POLICY: Final = re.compile(r"\bP-[a-z][a-z0-9-]*")
ROW: Final = re.compile(r"^\| (P-[a-z][a-z0-9-]*) \|(.*)\|[^|]*\|$")
NUMERALS: Final = {numeral: n for n, numeral in enumerate("零一二三四五六七八九")}
HEAD: Final = """# Law and policy in code

Which article or policy (依据) refuses what, where, and which tests show it. Written by the tests themselves (`--law=write`) and compared by
`scripts/check` and `scripts/test`: nothing here is written by hand. Left out are tests that need a server or draw their examples. What a
policy says and where it comes from: `docs/policies.md`.

| source | code | where | shown by |
|---|---|---|---|
"""


@dataclass(frozen=True)
class Ground:
    """A code of a service: the article or policy it rests on, and the files that raise it, below `services/`."""

    service: str
    code: str
    source: str
    files: tuple[str, ...]

    @property
    def sources(self) -> tuple[str, ...]:
        """Each article and policy for itself."""
        return tuple(part.strip() for part in self.source.split(BETWEEN) if part.strip())


# --- reading ---------------------------------------------------------------------------------------------------------------------------


def refusals(root: Path) -> list[Ground]:
    """Every refusal in the `law` of every service of the repository at `root`, in order."""
    found: list[Ground] = []
    for service in sorted(path.name for path in (root / "services").iterdir() if path.is_dir()):
        modules = dict(_modules(root / "services", service))
        laws = {code: source for name, tree in modules.items() if _of_law(name) for code, source in laws_of(tree).items()}
        rest = {name: tree for name, tree in modules.items() if not _of_law(name)}
        called = {name: _called(tree) for name, tree in rest.items()}
        named = {name: _texts(tree) for name, tree in rest.items()}
        for code, source in sorted(laws.items()):
            files = [name for name, codes in called.items() if code in codes] or [name for name, texts in named.items() if code in texts]
            found.append(Ground(service, code, source, tuple(sorted(files))))
    return found


def _modules(services: Path, service: str) -> Iterator[tuple[str, ast.Module]]:
    for path in sorted((services / service).rglob("*.py")):
        name = path.relative_to(services)
        if not {"tests", "migrations"}.intersection(name.parts):
            yield name.as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def _of_law(name: str) -> bool:
    return name.split("/")[1] in ("law.py", "law")


def laws_of(tree: ast.Module) -> dict[str, str]:
    """Code → source of every `"code": Law(source, sentence)` in a module; a source that cannot be read is empty."""
    constants = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and isinstance(value, ast.Call) and _name(value.func) == "Law":
                    told = value.args[0] if value.args else next((k.value for k in value.keywords if k.arg == "source"), None)
                    found[str(key.value)] = _text(told, constants)
    return found


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _text(node: ast.expr | None, constants: Mapping[str, ast.expr]) -> str:
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.Name(id=name) if name in constants:
            return _text(constants[name], constants)
        case ast.JoinedStr(values=parts):
            return "".join(_text(part.value if isinstance(part, ast.FormattedValue) else part, constants) for part in parts)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _text(left, constants) + _text(right, constants)
        case _:
            return ""


def _called(tree: ast.Module) -> set[str]:
    """The codes in `refused("code")`, and those a road names for its turns: `turn(…, early="code", late="code")`."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    told = [call.args[0] for call in calls if _name(call.func) == "refused" and call.args]
    told += [word.value for call in calls if _name(call.func) == "turn" for word in call.keywords]
    return {text for node in told for text in _texts(node)}


def _texts(tree: ast.AST) -> set[str]:
    return {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}


# --- judging ---------------------------------------------------------------------------------------------------------------------------


def faults(known: Sequence[Ground], raised: Raised, anywhere: Set[tuple[str, str]]) -> list[str]:
    """What is wrong, a sentence each; `anywhere`: what was raised from services in any test, those that are not shown included."""
    return [
        *strangers(known, anywhere),
        *(f'"{one.code}" in the law of {one.service} has no source' for one in known if not one.sources),
        *(f'"{one.code}" in the law of {one.service} is raised by no test' for one in known if not raised.get((one.service, one.code))),
    ]


def strangers(known: Sequence[Ground], anywhere: Set[tuple[str, str]]) -> list[str]:
    """The codes that were raised and stand in no law, a sentence each."""
    codes = {(refusal.service, refusal.code) for refusal in known}
    return [f'{service} refuses with "{code}", which does not stand in its law.py' for service, code in sorted(anywhere - codes)]


# --- writing ---------------------------------------------------------------------------------------------------------------------------


def page(known: Sequence[Ground], raised: Raised) -> str:
    """docs/law.md: a row for each source and code; articles first, in the order of the law, then policies."""
    rows = [(source, one) for one in known for source in one.sources]
    lines = [_row(source, one, raised) for source, one in sorted(rows, key=lambda row: (_place(row[0]), row[1].service, row[1].code))]
    return HEAD + "".join(f"{line}\n" for line in lines)


def _row(source: str, one: Ground, raised: Raised) -> str:
    tests = sorted(raised.get((one.service, one.code), ()))
    own = [test for test in tests if test.startswith(f"services/{one.service}/")] or tests
    files = ", ".join(f"`{name}`" for name in one.files)
    return f"| {source} | `{one.code}` | {files} | {', '.join(f'`{short(test)}`' for test in own)} |"


def short(test: str) -> str:
    """`services/intake/tests/test_x.py::test_y` as `intake/test_x.py::test_y`."""
    return test.removeprefix("services/").replace("/tests/", "/", 1)


def _place(source: str) -> tuple[bool, str, tuple[int, ...], str]:
    """Articles before policies; within a law by article, paragraph and number."""
    law = re.split("第[零一二三四五六七八九十百]+[条款项]", source, maxsplit=1)[0]
    numbers = tuple(number(numeral) for numeral in re.findall("第([零一二三四五六七八九十百]+)[条款项]", source))
    return bool(POLICY.fullmatch(source)), law, numbers, source


def number(numeral: str) -> int:
    """三十二 → 32."""
    total, digit = 0, 0
    for sign in numeral:
        if sign in NUMERALS:
            digit = NUMERALS[sign]
        else:
            total, digit = total + (digit or 1) * {"十": 10, "百": 100}[sign], 0
    return total + digit


def applied(root: Path, known: Sequence[Ground]) -> dict[str, str]:
    """Policy → the files that apply it, each with the codes it refuses with; then those that only name it."""
    found: dict[str, dict[str, set[str]]] = {}
    for one in known:
        for policy in filter(POLICY.fullmatch, one.sources):
            for name in one.files:
                found.setdefault(policy, {}).setdefault(name, set()).add(one.code)
    for service in sorted(path.name for path in (root / "services").iterdir() if path.is_dir()):
        for name, tree in _modules(root / "services", service):
            for policy in set() if _of_law(name) else {word for text in _texts(tree) for word in POLICY.findall(text)}:
                found.setdefault(policy, {}).setdefault(name, set())
    return {policy: "; ".join(_cell(name, files[name]) for name in sorted(files)) for policy, files in found.items()}


def _cell(name: str, codes: Set[str]) -> str:
    return f"`{name}`" + (f": {', '.join(f'`{code}`' for code in sorted(codes))}" if codes else "")


def with_applied(text: str, where: Mapping[str, str]) -> str:
    """docs/policies.md with its last column filled in; the other columns are written by hand."""
    rows = [(line, ROW.match(line)) for line in text.split("\n")]
    return "\n".join(f"| {row[1]} |{row[2]}| {where.get(row[1], 'nothing')} |" if row else line for line, row in rows)


def idle(text: str, where: Mapping[str, str]) -> list[str]:
    """A sentence for each policy of docs/policies.md that no code refers to."""
    rows = [row[1] for line in text.split("\n") if (row := ROW.match(line))]
    return [f"{policy} of docs/policies.md is applied by nothing" for policy in rows if policy not in where]
