"""Every refusal has its source and a sentence people can read."""

from __future__ import annotations

import re

import pytest

from services.intake.law import LAW, refused

SOURCE = re.compile(
    r"(行政许可法|民法典)第[百零一二三四五六七八九十]+条(第[一二三四五六七八九十]款)?(第[一二三四五六七八九十]项)?|P-[a-z-]+"
)


@pytest.mark.parametrize("code", LAW)
def test_a_refusal_names_articles_and_policies_and_says_one_sentence(code: str) -> None:
    law = LAW[code]
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", code)
    assert all(SOURCE.fullmatch(source) for source in law.source.split("，")), law.source
    assert not re.search(r"[（）。A-Za-z]", re.sub(r"\{[a-z]+\}", "", law.sentence)), "the source stands beside the sentence, not in it"


def test_people_read_the_sentence_and_its_source() -> None:
    no = refused("no-document")
    assert (no.code, no.because) == ("no-document", "应当作出书面决定（行政许可法第三十八条）")
    assert no.about("case-7").because.startswith("case-7：应当作出")


def test_a_source_that_is_not_the_codes_is_a_fault() -> None:
    with pytest.raises(ValueError, match="P-delivery"):
        refused("already-accepted", on=["P-delivery"], since="")


def test_a_code_that_stands_in_no_law_is_a_fault() -> None:
    with pytest.raises(KeyError):
        refused("because-i-say-so")
