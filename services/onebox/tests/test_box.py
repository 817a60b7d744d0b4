"""The box before anything runs: what it makes, what it keeps, what it tells its sites."""

from __future__ import annotations

import json
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest

from libs.authority import Post
from libs.contracts import standing
from libs.host import SITE_STOP_SECONDS
from libs.web import Accounts
from libs.wire import load_key, public_of
from services.onebox import FORMAT, STAFF, BoxError, OneBox, grants_of, sites
from services.onebox.box import hosted


@pytest.fixture
def box(tmp_path: Path) -> OneBox:
    made = OneBox(tmp_path / "box")
    made.make()
    return made


def test_a_box_is_two_sites_with_their_nodes(box: OneBox) -> None:
    assert [(site.code, site.at, site.database) for site in box.sites] == [
        ("511500", "city", "site_511500"),
        ("511525", "site", "site_511525"),
    ]
    assert len(hosted(box.sites)) == 16
    assert box.city.code == "511500"
    assert box.site("511525103").code == "511525"
    with pytest.raises(BoxError, match="这里没有节点 999999") as no:
        box.site("999999")
    assert no.value.code == 2


def test_what_is_kept_is_read_again_and_only_its_user_can(box: OneBox) -> None:
    again = OneBox(box.folder).read()
    assert [site.kept for site in again.sites] == [site.kept for site in box.sites]
    file = box.folder / "box.json"
    assert json.loads(file.read_text())["format"] == FORMAT
    assert [stat.S_IMODE(path.stat().st_mode) for path in (box.folder, file)] == [0o700, 0o600]


def test_a_half_made_box_is_made_anew(tmp_path: Path) -> None:
    box = OneBox(tmp_path / "box")
    box.make()
    (box.folder / "box.json").unlink()
    assert OneBox(box.folder).new
    with pytest.raises(BoxError, match="先运行 scripts/up") as no:
        OneBox(box.folder).read()
    assert no.value.code == 1


def test_the_hub_is_told_of_every_site_its_key_and_its_nodes(box: OneBox) -> None:
    told = json.loads((box.folder / "registry.json").read_text())
    assert [row["site"] for row in told["sites"]] == ["511500", "511525"]
    for site, row in zip(box.sites, told["sites"], strict=True):
        assert (row["key"], row["public_key"]) == public_of(load_key(site.folder / "site.key"))
        assert (row["address"], row["nodes"]) == (site.address, site.nodes)


def test_everybody_of_the_staff_has_a_token_and_a_password_that_their_site_knows(box: OneBox) -> None:
    county = box.site("511525")
    accounts = Accounts.load(county.folder / "accounts.json")
    for one in STAFF:
        account = accounts.by_token(county.tokens[one.word])
        assert account is not None
        assert (account.staff, account.grants.all) == (one.staff, grants_of(one, county.code, [node["code"] for node in county.nodes]))
        person = accounts.person(one.staff)
        assert (person is None) == (one.word == "site"), "nobody signs in as the site itself"
        assert person is None or person.account == account
        assert person is None or county.passwords[one.word] not in (county.folder / "accounts.json").read_text()
    assert len(set(county.passwords.values())) == len(STAFF) - 1
    posts = {one.word: set(one.posts) for one in STAFF}
    assert {post for some in posts.values() for post in some} == set(Post), "every post has its account"
    assert posts["reviewer"] == {Post.EXAMINER, Post.APPROVER}, "one who could do both, and must not"


def test_who_works_at_a_station_works_there_only(box: OneBox) -> None:
    county = box.site("511525")
    accounts = Accounts.load(county.folder / "accounts.json")
    stations = [node["code"] for node in county.nodes if len(node["code"]) > len(county.code)]
    for word in ("station-clerk", "station-leader"):
        account = accounts.by_token(county.tokens[word])
        assert account is not None
        assert account.nodes == frozenset(stations[:1] or [county.code])


def test_a_sites_process_is_told_its_own_databases_and_nothing_of_the_owners(box: OneBox, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[dict[str, str]] = []
    monkeypatch.setattr(sites, "is_free", lambda _port: True)
    monkeypatch.setattr(sites, "spawn", lambda _command, *, env, **_: started.append(env))
    monkeypatch.setattr(type(box.postgres), "url", lambda _self, name: f"postgresql://owner:secret@127.0.0.1:1/{name}")
    monkeypatch.setattr(type(box.kafka), "bootstrap", "127.0.0.1:2")
    monkeypatch.setenv("LIANDONG_DATABASES", "{}")
    for site in box.sites:
        box.start_site(site)
    for site, told in zip(box.sites, started, strict=True):
        databases: dict[str, Any] = json.loads(told["LIANDONG_DATABASES"])
        assert set(databases) == {row.name for row in standing(site.at) if row.database != "none"}
        assert all(f"site_{site.code}_{name}:" in url for name, url in databases.items())
        assert "owner:secret" not in json.dumps(told)
        assert (told["LIANDONG_AT"], told["LIANDONG_CITY"]) == (site.at, box.city.address)


class Stubborn:
    """A process that does not end when it is asked to; the time it is waited for passes at once."""

    def __init__(self, clock: list[float]) -> None:
        self._clock, self.waited, self.killed = clock, 0.0, False

    def poll(self) -> int | None:
        """It runs."""
        return None

    def send_signal(self, _number: int) -> None:
        """It does not listen."""

    def wait(self, timeout: float | None = None) -> None:
        """Until it is killed."""
        if not self.killed:
            assert timeout is not None
            self.waited = timeout
            self._clock[0] += timeout
            raise subprocess.TimeoutExpired("site", timeout)

    def kill(self) -> None:
        """By force."""
        self.killed = True


def test_a_site_has_the_time_it_says_it_takes_before_it_is_killed(box: OneBox, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    monkeypatch.setattr("time.monotonic", lambda: clock[0])
    stubborn = [Stubborn(clock) for _ in box.sites]
    for site, process in zip(box.sites, stubborn, strict=True):
        site.process = process  # type: ignore[assignment]
    told = box.stop()
    assert [sentence.split()[0] for sentence in told] == ["511500", "511525"]
    assert all("检查点可能没有发出" in sentence for sentence in told)
    assert stubborn[0].waited > SITE_STOP_SECONDS, "the site may take as long as it says"
    assert stubborn[1].waited == 0, "both were told at once"
    assert all(process.killed for process in stubborn)
    assert box.stop_seconds > clock[0] - 100.0
    assert [site.process for site in box.sites] == [None, None]


def test_a_site_that_does_not_start_is_told_with_the_end_of_its_log(box: OneBox, monkeypatch: pytest.MonkeyPatch) -> None:
    county = box.site("511525")
    (county.folder / "site.log").write_text("\n".join(f"line {n}" for n in range(20)))
    monkeypatch.setattr(sites.SiteOfBox, "ended", property(lambda _site: 1))
    with pytest.raises(BoxError, match="511525 没有启动成功") as no:
        county.wait_ready()
    assert "line 19" in str(no.value)
    assert "line 11" not in str(no.value)
