"""What reads from right to left is kept apart in running text, and stands as it is everywhere else."""

from __future__ import annotations

import pytest
from jinja2 import DictLoader, Environment

from libs.web.isolating import IsolatingTemplate, marked_value

ARABIC = "مرحبا"


def rendered(template: str, **values: object) -> str:
    env = Environment(loader=DictLoader({"page": template}), autoescape=True, finalize=marked_value)
    env.template_class = IsolatingTemplate
    return env.get_template("page").render(**values)


@pytest.mark.parametrize(
    ("template", "page"),
    [
        ("<h1>{{ x }} · 7</h1>", f"<h1><bdi>{ARABIC}</bdi> · 7</h1>"),
        ('<input value="{{ x }}">', f'<input value="{ARABIC}">'),
        ("<input value='{{ x }}'><p>{{ x }}</p>", f"<input value='{ARABIC}'><p><bdi>{ARABIC}</bdi></p>"),
        ("<title>{{ x }}</title>", f"<title>{ARABIC}</title>"),
        ("<textarea id=a>\n{{ x }}</textarea>", f"<textarea id=a>\n{ARABIC}</textarea>"),
        ("<select><option value={{ y }}>{{ x }}</option></select>", f"<select><option value=plain>{ARABIC}</option></select>"),
        ("{% macro m(v) %}<b>{{ v }}</b>{% endmacro %}<p>{{ m(x) }}</p>", f"<p><b><bdi>{ARABIC}</bdi></b></p>"),
        ("<p>{{ y }}</p>", "<p>plain</p>"),
        ("<p>{{ y ~ x }}</p>", f"<p><bdi>plain{ARABIC}</bdi></p>"),
        ("<p>{{ x ~ ' · 7 · ' ~ y }}</p>", f"<p><bdi>{ARABIC}</bdi> · 7 · plain</p>"),
    ],
)
def test_a_value_is_isolated_where_it_stands_in_running_text(template: str, page: str) -> None:
    assert rendered(template, x=ARABIC, y="plain") == page


@pytest.mark.parametrize("where", ["<p>{{ x }}</p>", '<a title="{{ x }}">a</a>', "<title>{{ x }}</title>"])
def test_it_is_escaped_all_the_same(where: str) -> None:
    page = rendered(where, x=f"<b>{ARABIC}\"'>&</b>")
    assert "<b>" not in page
    assert f"&lt;b&gt;{ARABIC}&#34;&#39;&gt;&amp;&lt;/b&gt;" in page


@pytest.mark.parametrize("mark", ["\ue0f0", "\ue0f1"])
def test_nobody_writes_the_marks(mark: str) -> None:
    assert rendered("<p>{{ x }}</p>", x=f"{mark}<i>{ARABIC}{mark}") == f"<p><bdi>&lt;i&gt;{ARABIC}</bdi></p>"
    assert rendered("<p>{{ x }}</p>", x=f"一{mark}二") == "<p>一二</p>"
