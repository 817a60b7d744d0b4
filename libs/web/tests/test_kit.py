"""The kit itself: its budget, the browsers it is for, its vendored scripts, and that no sentence for everybody lacks its English."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import pytest
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from jinja2 import Environment, nodes

from libs.web.formats import age, money
from libs.web.language import OURS, Language, gettext, speaking
from libs.web.pages import HERE

CSS: Final = HERE / "static" / "kit.css"
KIT: Final = sorted((HERE / "kit").glob("*.html"))
PUBLIC: Final = [*KIT, HERE / "templates" / "base.html", *sorted((HERE / "templates" / "public").glob("*.html"))]
MADE: Final = [HERE / f"{name}.py" for name in ("formats", "filled", "problems", "front", "acting")]
"""Where code makes sentences for everybody."""
HAN: Final = re.compile(r"[\u4e00-\u9fff]")
LATER_THAN_2017: Final = {
    r":(has|is|where|focus-within)\(?": "a selector",
    r"(?<![-\w])(inset|aspect-ratio|place-\w+|content-visibility|accent-color|translate|scale)\s*:": "a property",
    r"(margin|padding|border|inset)-(inline|block)": "logical properties",
    r"\b(clamp|min|max)\(": "a function",
    r"rgba?\([^,)]+\s[^,)]+\s": "colours without commas",
    r"@(layer|container|property|scope)\b": "an at-rule",
    r"\((width|height)\s*[<>]": "a range of a media query",
    r"overflow-wrap:\s*anywhere": "a value",
    r"gradient\(.*?\d(px|%)?\s+\d+(px|%)": "a colour with two places",
}
"""Beyond what Chrome 60, Firefox 55, Safari 11 and Edge 16 know."""


def rules() -> Iterator[tuple[str, str]]:
    """Selector and declarations of every rule, without comments and without those that media queries put around them."""
    text = re.sub(r"/\*.*?\*/", "", CSS.read_text(), flags=re.DOTALL)
    yield from re.findall(r"([^{}]+)\{([^{}]*)\}", text)


def test_the_style_sheet_is_small() -> None:
    assert CSS.stat().st_size <= 40 * 1024


@pytest.mark.parametrize("path", [*KIT, *(HERE / "templates").rglob("*.html")], ids=lambda path: path.name)
def test_a_template_fits_in_the_head(path: Path) -> None:
    assert path.read_text().count("\n") <= 300


@pytest.mark.parametrize("later", LATER_THAN_2017, ids=LATER_THAN_2017.values())
def test_nothing_that_matters_is_younger_than_2017(later: str) -> None:
    text = re.sub(r"/\*.*?\*/", "", CSS.read_text(), flags=re.DOTALL)
    assert re.findall(later, text) == []


def test_no_rule_stands_within_another() -> None:
    depth, deepest = 0, 0
    for sign in re.sub(r"/\*.*?\*/", "", CSS.read_text(), flags=re.DOTALL):
        depth += {"{": 1, "}": -1}.get(sign, 0)
        deepest = max(deepest, depth)
    assert (depth, deepest) == (0, 2)
    assert "&" not in CSS.read_text()


def test_gaps_are_for_grids_which_say_them_in_the_old_way_too() -> None:
    for selector, said in rules():
        if re.search(r"(?<!grid-)gap:", said):
            assert "grid-gap:" in said, selector
            assert "flex" not in said, selector


def test_a_focus_is_seen_where_focus_visible_is_not_known() -> None:
    plain = [said for selector, said in rules() if selector.strip() == ":focus"]
    assert len(plain) == 1
    assert "outline: 3px" in plain[0]


@pytest.mark.parametrize("folder", [HERE / "static" / "vendor", HERE / "tests" / "vendor"], ids=["static", "tests"])
def test_what_is_vendored_is_what_its_authors_gave(folder: Path) -> None:
    lines = (line.split() for line in (folder / "CHECKSUMS.txt").read_text().splitlines())
    listed = {name: digest for digest, name in lines}
    assert {path.name: sha256(path.read_bytes()).hexdigest() for path in folder.glob("*.js")} == listed
    assert len(list(folder.glob("LICENSE*"))) >= 2


# --- English --------------------------------------------------------------------------------------------------------------------------------


def sentences() -> set[str]:
    """Every sentence that pages for everybody may say."""
    found: set[str] = set()
    keywords: dict[str, Any] = {"_": None, "gettext": None, "ngettext": (1, 2), "marked": None}
    for path in [*PUBLIC, *MADE]:
        how, options = ("jinja2.ext:babel_extract", {"newstyle_gettext": "true"}) if path.suffix == ".html" else ("python", {})
        for _, text, _, _ in extract(how, BytesIO(path.read_bytes()), keywords, options=options):
            found.add(text if isinstance(text, str) else text[0])
    return found


def catalogue() -> dict[str, Any]:
    with OURS.open("rb") as file:
        return {text.id if isinstance(text.id, str) else text.id[0]: text for text in read_po(file, locale="en") if text.id}


def test_no_sentence_for_everybody_lacks_its_english_and_none_is_left_over() -> None:
    english = catalogue()
    assert sentences() - set(english) == set()
    assert set(english) - sentences() == set()
    assert [key for key, text in english.items() if not all([text.string] if isinstance(text.string, str) else text.string)] == []


def test_a_sentence_has_the_same_gaps_in_english() -> None:
    for key, text in catalogue().items():
        for said in [text.string] if isinstance(text.string, str) else text.string:
            assert set(re.findall(r"%\(\w+\)s|\{\}", said)) == set(re.findall(r"%\(\w+\)s|\{\}", key)), key
            assert not HAN.search(said), key


@pytest.mark.parametrize("path", PUBLIC, ids=lambda path: path.name)
def test_no_chinese_stands_beside_the_catalogues(path: Path) -> None:
    """The other language's own name on its switch apart."""
    tree = Environment(extensions=["jinja2.ext.i18n"]).parse(path.read_text())
    asked = {id(part) for call in tree.find_all(nodes.Call) if called(call) == "_" for part in call.find_all(nodes.Const)}
    written = [data.data for data in tree.find_all(nodes.TemplateData)]
    constants = [const.value for const in tree.find_all(nodes.Const) if isinstance(const.value, str) and id(const) not in asked]
    assert [text for text in (*written, *constants) if HAN.search(text.replace(">中文</a>", ""))] == []


def called(call: nodes.Call) -> str:
    return call.node.name if isinstance(call.node, nodes.Name) else ""


def test_what_has_no_english_stays_chinese_and_a_services_own_catalogue_comes_first(tmp_path: Path) -> None:
    own = tmp_path / "en.po"
    own.write_text('msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "查找"\nmsgstr "Find"\n')
    assert gettext("查找") == "查找"
    with speaking(Language.ENGLISH, own):
        assert (gettext("查找"), gettext("退出"), gettext("没有译文")) == ("Find", "Sign out", "没有译文")
    with speaking(Language.ENGLISH):
        assert gettext("查找") == "Search"
        assert (age(1), age(61), age(3660), age(90000)) == ("1 second", "1 minute", "1 hour 1 minute", "1 day 1 hour")
    assert gettext("查找") == "查找"


def test_an_amount_has_two_decimals_and_is_no_float() -> None:
    assert (money(Decimal("1234.5")), money(Decimal(0)), money(Decimal("-0.005")), money(None)) == (
        "1,234.50 元",
        "0.00 元",
        "-0.01 元",
        "—",
    )
    with pytest.raises(TypeError):
        money(1.5)  # type: ignore[arg-type]
