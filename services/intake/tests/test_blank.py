"""Blank text is no text, in every act."""

from __future__ import annotations

from dataclasses import replace

from services.intake.events import Outcome
from services.intake.tests import stories as s
from services.intake.tests.stories import given

BLANK = " \u3000\t"


def test_blank_reasons_are_none() -> None:
    given(s.approved(Outcome.REFUSED)).when(s.decide(Outcome.REFUSED, reasons=BLANK)).refused("no-reasons")


def test_a_blank_document_is_none() -> None:
    given(s.approved()).when(s.decide(document=BLANK)).refused("no-document")
    given(s.accepted()).when(replace(s.extend(), document=BLANK)).refused("no-head")


def test_a_blank_head_is_none() -> None:
    given(s.accepted()).when(s.extend(head=BLANK)).refused("no-head")


def test_a_blank_notice_told_nobody() -> None:
    given(s.accepted()).when(s.suspend(notice=BLANK)).refused("not-notified")


def test_a_blank_second_officer_is_nobody() -> None:
    story = given(s.accepted(s.SITE_VISIT)).when(s.start_step("现场核查")).history()
    given(story).when(s.finish_step("现场核查", second=BLANK)).refused("needs-two-officers")
