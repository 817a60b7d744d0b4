"""Who is in the network: told again is already so, a contradiction is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from libs.testkit.given import Given
from services.hub.events import EpochOpened, KeyRegistered, KeyRevoked, NodeRegistered
from services.hub.registry import REGISTRY, OpenEpoch, RegisterKey, RegisterNode, RevokeKey

AT = datetime(2026, 11, 23, 1, tzinfo=UTC)
LATER = AT + timedelta(days=1)
TOWN = RegisterNode(node="511525100", name="文江镇", parent="511525", site="511525", address="https://gaoxian.example", at=AT)
KEY = RegisterKey(key="8b3f2d0c4e5a6917", site="511525", public_key="AAEC", at=AT)
given = Given(REGISTRY)


def test_a_node_joins_at_its_site() -> None:
    joined = NodeRegistered(node=TOWN.node, name=TOWN.name, parent=TOWN.parent, site=TOWN.site, address=TOWN.address, at=AT)
    given().when(TOWN).then(joined).when(replace(TOWN, at=LATER)).then()


def test_a_node_takes_another_name_or_address() -> None:
    renamed = given().when(TOWN, replace(TOWN, name="文江街道", at=LATER)).one(NodeRegistered)
    assert (renamed.name, renamed.site, renamed.at) == ("文江街道", "511525", LATER)
    moved = given().when(TOWN, replace(TOWN, address="https://wenjiang.example")).one(NodeRegistered)
    assert moved.address == "https://wenjiang.example"


def test_a_node_is_hosted_by_one_site() -> None:
    refusal = given().when(TOWN, replace(TOWN, site="511526")).refused("other-site")
    assert refusal.because == "节点 511525100 已由 511525 承载；换节点部署须经登记变更（P-one-site）"


def test_a_key_is_known_once() -> None:
    given().when(KEY).then(KeyRegistered(key=KEY.key, site=KEY.site, public_key=KEY.public_key, at=AT)).when(replace(KEY, at=LATER)).then()


def test_the_name_of_a_key_is_never_given_to_another() -> None:
    refusal = given().when(KEY, replace(KEY, public_key="AQID")).refused("other-key")
    assert refusal.because == "密钥编号 8b3f2d0c4e5a6917 已登记为另一把公钥（P-one-key）"


def test_a_key_is_revoked_for_good() -> None:
    revoked = KeyRevoked(key=KEY.key, site=KEY.site, at=LATER)
    given().when(KEY, RevokeKey(key=KEY.key, at=LATER)).then(revoked).when(RevokeKey(key=KEY.key, at=LATER)).then().when(KEY).then()


def test_only_a_key_that_is_known_can_be_revoked() -> None:
    refusal = given().when(RevokeKey(key=KEY.key, at=AT)).refused("unknown-key")
    assert refusal.because == "密钥编号 8b3f2d0c4e5a6917 未曾登记，无从注销（P-one-key）"


def epoch(number: int) -> OpenEpoch:
    return OpenEpoch(node="511525", service="intake", epoch=number, at=AT)


def test_a_service_of_a_node_opens_its_epochs_one_by_one() -> None:
    opened = [EpochOpened(node="511525", service="intake", epoch=n, at=AT) for n in (1, 2)]
    given().when(epoch(1)).then(opened[0]).when(epoch(1)).then().when(epoch(2)).then(opened[1]).when(epoch(1)).then()


def test_an_epoch_that_is_not_the_next_is_refused() -> None:
    given().when(epoch(2)).refused("epoch-not-next")
    refusal = given().when(epoch(1), epoch(3)).refused("epoch-not-next")
    assert refusal.because == "511525 的 intake 应启用第 2 世代，不是第 3 世代（P-epochs-in-order）"
