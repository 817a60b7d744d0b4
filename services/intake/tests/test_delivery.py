"""送达: Art. 44, by counter, post or portal, against a receipt."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services.intake.events import Channel
from services.intake.tests import stories as s
from services.intake.tests.stories import given


@pytest.mark.parametrize("how", [Channel.PHONE, Channel.EMAIL, Channel.AGENT, Channel.INTERNAL])
def test_a_call_a_mail_and_a_go_between_are_no_delivery(how: Channel) -> None:
    given(s.decided()).when(s.deliver(how)).refused("no-delivery")


def test_the_result_goes_the_way_that_the_procedure_offers() -> None:
    at_the_counter = replace(s.pinned(), delivery=(Channel.COUNTER,))
    worked = given().when(s.file(procedure=at_the_counter), s.accept(), s.examine(), s.approve(), s.decide()).history()
    given(worked).when(s.deliver(Channel.POST)).refused("delivery-not-offered")
    given(worked).when(s.deliver(Channel.COUNTER)).taken()


def test_a_delivery_has_a_receipt() -> None:
    given(s.decided()).when(s.deliver()).refused("no-receipt")
