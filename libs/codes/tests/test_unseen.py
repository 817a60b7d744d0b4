"""What people are called and write is taken in every script; what nobody sees, and what is piled up, is not."""

from __future__ import annotations

from unicodedata import category, normalize

import pytest

from libs.codes import MOST_MARKS, text_fault, without_marks

NAMES = {
    "Tibetan": "བཀྲ་ཤིས་དོན་གྲུབ",
    "Tibetan, stacked": "རྡོ་རྗེ་སྒྲོལ་མ",
    "Yi": "ꀉꈎꃅꇁꐮ",
    "Mongolian": "ᠪᠠᠲᠤᠪᠠᠶᠠᠷ",
    "Mongolian, last vowel apart": "ᠰᠠᠷ\u180eᠠ",
    "Mongolian, letter of another form": "ᠭ\u180bᠠᠯᠰᠠᠨ",
    "Uyghur": "مۇھەممەتئىمىن تۇرسۇن",
    "Kazakh": "نۇرسۇلتان",
    "Uyghur, in Chinese": "买买提·艾山",
    "Dai": "ᦀᦸᧃᦃᦸᧄ",
    "Zhuang": "Veiz Gizgvangj",
    "Vietnamese": normalize("NFD", "Nguyễn Thị Hường"),
    "Thai": "ผู้ใหญ่",
    "Hebrew, sung": "בְּרֵאשִׁ֖ית",
    "Korean": "김정숙",
    "rare": "𠮷㛃䶮",
    "other form of a sign": "葛\U000e0100飾",
}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_name_is_taken_in_its_own_script(name: str) -> None:
    assert text_fault(name) is None


def test_the_longest_stack_there_is_has_as_many_marks_as_are_taken_and_one_more_is_not() -> None:
    stack = "ཧྐྵྨླྺྼྻྂ"
    assert sum(category(sign).startswith("M") for sign in stack) == MOST_MARKS
    assert text_fault(f"{stack}་{stack}") is None
    fault = text_fault(stack + stack[-1])
    assert fault is not None
    assert fault == ("overloaded", "一个字上叠加的符号多于 8 个，请删去多余的")


@pytest.mark.parametrize("base", ["ก", "a", "李", "", " "])
def test_marks_are_counted_on_any_sign_and_on_none(base: str) -> None:
    assert text_fault(base + "\u0e47" * MOST_MARKS) is None
    assert text_fault(f"王{base}" + "\u0e47" * (MOST_MARKS + 1)) is not None
    assert text_fault(base + "\u0e47\u20e3\u0903" * 3) is not None, "of whatever kind"


def test_what_is_left_without_marks_is_what_is_seen() -> None:
    assert without_marks("\u202e某\u200b局\u180eᠠ") == "某局ᠠ"
    assert [name for name in NAMES.values() if without_marks(name) != name] == []


@pytest.mark.parametrize("sign", ["\u200b", "\u200d", "\u202e", "\u2066", "\ue000", "\ud800", "\u2028", "\ufeff", "\u180e"])
def test_what_nobody_sees_is_named(sign: str) -> None:
    fault = text_fault(f"李{sign}秀英")
    assert fault == ("unseen", f"含有看不见的或自造的字符（U+{ord(sign):04X}），请删去或改用标准字")


@pytest.mark.parametrize("text", ["\u180eᠠ", "ᠰᠠᠷ\u180e", "ᠰᠠᠷ\u180e\u180eᠠ", "ᠰᠠᠷ\u180eᠷ"])
def test_a_separator_of_mongolian_vowels_is_taken_where_it_parts_one_and_nowhere_else(text: str) -> None:
    assert text_fault(text) is not None
