"""送达: Art. 44, by counter, post or portal, against a receipt."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services.intake.events import Channel, ResultDelivered
from services.intake.tests import stories as s
from services.intake.tests.stories import NUMBER, at, given


@pytest.mark.parametrize("how", [Channel.PHONE, Channel.EMAIL, Channel.AGENT, Channel.INTERNAL])
def test_a_call_a_mail_and_a_go_between_are_no_delivery(how: Channel) -> None:
    given(s.decided()).when(s.deliver(how)).refused("no-delivery")


def test_the_result_goes_the_way_that_the_procedure_offers() -> None:
    at_the_counter = replace(s.pinned(), delivery=(Channel.COUNTER,))
    concluded = (s.start_step(), s.examine(), s.start_approving(), s.approve(), s.decide())
    worked = given().when(s.file(procedure=at_the_counter), s.accept(), *concluded).history()
    given(worked).when(s.deliver(Channel.POST)).refused("delivery-not-offered")
    given(worked).when(s.deliver(Channel.COUNTER)).taken()


def test_a_delivery_has_a_receipt() -> None:
    for blank in ("", " ", "\u3000"):
        given(s.decided()).when(s.deliver(receipt=blank)).refused("no-receipt")
    given(s.decided()).when(s.deliver()).then(
        ResultDelivered(case=NUMBER, how=Channel.COUNTER, receipt="宜水达〔2007〕5号", officer="clerk-1", at=at("2007-03-23"))
    )


def test_a_delivery_is_already_so_against_the_same_receipt_alone() -> None:
    for story in (s.delivered(), s.closed()):
        given(story).when(s.deliver()).then()
    given(s.delivered()).when(s.deliver(receipt="宜水达〔2007〕6号")).refused("already-delivered")
    given(s.delivered()).when(s.deliver(Channel.POST)).refused("already-delivered")
    given(s.closed()).when(s.deliver(Channel.POST)).refused("ended")


@pytest.mark.parametrize("how", list(Channel))
def test_an_imported_delivery_keeps_its_channel_and_has_no_receipt_made_up(how: Channel) -> None:
    *_, kept = given(s.decided()).when(s.imported(s.deliver(how, receipt=""))).history()
    assert isinstance(kept, ResultDelivered)
    assert (kept.how, kept.receipt, kept.imported) == (how, "", True)
