"""What the operator types, against a running box: status, verify, parked, import, migrate."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from aiokafka import AIOKafkaProducer

from libs.contracts import standing
from libs.vault import Keyring
from libs.wire import Position, follow
from services.onebox import Door, OneBox, publish, settle, work
from services.onebox.sites import STOP_SECONDS

pytestmark = pytest.mark.server
COUNTY = "511525"
ROOT = Path(__file__).parents[2]
Result = subprocess.CompletedProcess[str]
Run = Callable[..., Result]


def typed(folder: Path, *words: str) -> Result:
    """`liandong …` for the box in `folder`."""
    environment = {**os.environ, "LIANDONG_BOX": str(folder), "COLUMNS": "200"}
    command = [sys.executable, "-m", "services.cli", *words]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture
def run(box: OneBox) -> Run:
    """`liandong …` for this box."""
    return partial(typed, box.folder)


def said(result: Result, code: int = 0) -> Any:
    assert result.returncode == code, result.stderr
    return json.loads(result.stdout.strip().splitlines()[-1])


def parked_at(box: OneBox, services: set[str]) -> None:
    """Waits until each of these services of the county has something parked."""
    end, found = time.monotonic() + 20, set[str]()
    with box.site(COUNTY).client() as client:
        while time.monotonic() < end and found != services:
            found = {row["service"] for row in client.get("/site/parked").json()}
    assert found == services


def test_status_tells_heads_depth_lags_and_what_is_parked(box: OneBox, run: Run) -> None:
    with Door(box.site(COUNTY), "status") as door:
        publish(door, COUNTY)
        for n in range(3):
            work(door, COUNTY, n, datetime.now(UTC))
    settle(box)
    told = said(run("status", "--json"))
    found = {site["site"]: site["services"] for site in told["sites"]}
    assert [(part["part"], part["state"]) for part in told["parts"]] == [(part, "up") for part in ("PostgreSQL", "Kafka", "511500", COUNTY)]
    intake = found[COUNTY]["intake"]
    assert any(head["source"].endswith(":511525:intake") and head["sequence"] > 0 for head in intake["heads"])
    assert all(head["relay_depth"] == 0 for service in found[COUNTY].values() for head in service["heads"])
    assert found[COUNTY]["deadline"]["clocks_overdue"] == 0
    assert "待走时钟" in run("status").stdout


def test_a_machines_time_in_doubt_turns_readiness_red_until_the_operators_word(box: OneBox, run: Run) -> None:
    async def doubted() -> str:
        connection = await asyncpg.connect(box.postgres.url(f"site_{COUNTY}"), server_settings={"search_path": "deadline"})
        done: str = await connection.execute("update last_tick set doubt = 'ahead', doubted_at = at")
        await connection.close()
        return done

    end = time.monotonic() + 30
    while asyncio.run(doubted()) != "UPDATE 1":
        assert time.monotonic() < end, "the ticker keeps no last tick"
        time.sleep(0.2)
    with box.site(COUNTY).client() as client:
        report = client.get("/health/ready")
        assert (report.status_code, report.json()["checks"]["deadline"]["because"]) == (503, "NeedsTheOperator")
        box.site(COUNTY).wait_ready()
        assert f"liandong clock confirm {COUNTY}" in run("status").stdout
        confirmed = run("clock", "confirm", COUNTY)
        assert (confirmed.returncode, "已确认，时限接着计时" in confirmed.stdout) == (0, True)
        assert client.get("/health/ready").status_code == 200
    assert "没有存疑，不必确认" in run("clock", "confirm", COUNTY).stdout
    assert "机器时间" not in run("status").stdout


def test_verify_names_the_origin_and_the_number_where_a_byte_was_changed(box: OneBox, run: Run) -> None:
    with Door(box.site(COUNTY), "verify") as door:
        publish(door, COUNTY)
        work(door, COUNTY, 1, datetime.now(UTC))
    assert all(site["verified"] for site in said(run("verify", "--json")).values())

    async def change(to: str, sequence: int) -> None:
        connection = await asyncpg.connect(box.postgres.url(f"site_{COUNTY}"), server_settings={"search_path": "intake"})
        await connection.execute("set session_replication_role = replica")
        await connection.execute(
            "update event e set actor = $1 from feed f where f.feed = e.feed and f.source = $2 and e.sequence = $3",
            to,
            f"urn:liandong:{COUNTY}:intake",
            sequence,
        )
        await connection.close()

    asyncio.run(change("C0118", 2))
    try:
        result = run("verify")
        assert result.returncode == 3
        assert f"urn:liandong:{COUNTY}:intake 第 2 号" in result.stderr
    finally:
        asyncio.run(change("C0117", 2))
    assert run("verify").returncode == 0


def test_the_feed_api_serves_the_log_byte_for_byte_to_the_sites_own(box: OneBox) -> None:
    with Door(box.site(COUNTY), "feed") as door:
        publish(door, COUNTY)
        for n in range(6):
            work(door, COUNTY, n, datetime.now(UTC))
    before: Position | None = None
    with box.site(COUNTY).client("site") as client:
        for after in (0, 4):
            answer = client.get(f"/feed/{COUNTY}/intake/1", params={"after": after, "limit": 4})
            before, fault = follow(answer.content, before)
            assert fault is None
        assert client.get(f"/feed/{COUNTY}/nothing/1").status_code == 404
    assert before is not None
    assert before.sequence == 8
    with box.site(COUNTY).client("clerk") as client:
        assert client.get(f"/feed/{COUNTY}/intake/1").status_code == 403


def test_a_record_nobody_can_read_is_parked_listed_and_dismissed(box: OneBox, run: Run) -> None:
    async def poison() -> None:
        producer = AIOKafkaProducer(bootstrap_servers=box.kafka.bootstrap)
        await producer.start()
        await producer.send_and_wait(f"{COUNTY}.intake.v1", b"{", key=b"k", headers=[("ce_source", b"\xff")])
        await producer.stop()

    asyncio.run(poison())
    parked_at(box, {"deadline", "supervision", "vault"})
    rows = said(run("parked", "list", "--json"))
    assert {(row["service"], row["where"].split("/")[0]) for row in rows} == {
        ("deadline", f"{COUNTY}.intake.v1"),
        ("supervision", f"{COUNTY}.intake.v1"),
        ("vault", f"{COUNTY}.intake.v1"),
    }
    assert "仍停放" in run("parked", "retry", COUNTY, "deadline").stdout
    for row in rows:
        assert "已放弃 1 条" in run("parked", "dismiss", COUNTY, row["service"], str(row["number"])).stdout
    assert said(run("parked", "list", "--json")) == []


def test_the_vaults_keys_are_rotated_while_everything_stays_readable(box: OneBox, run: Run) -> None:
    form, site = {"kind": "text", "text": "路灯不亮"}, box.site(COUNTY)

    def shown(subject: str) -> Any:
        with site.client("examiner") as client:
            return client.get(f"/vault/subjects/{subject}", params={"act": "intake.finish-step"}).json()["fields"]

    with site.client("clerk") as client:
        kept = client.post(f"/vault/nodes/{COUNTY}/subjects", json=form, headers={"Idempotency-Key": "keys"}).json()["subject"]
    before = Keyring(site.vault_keys).newest
    found = said(run("keys", "rotate", "--vault", "--json"))
    assert (found[COUNTY]["added"], found[COUNTY]["rewrapped"] >= 1) == (True, True)
    assert shown(kept) == {"text": "路灯不亮"}
    assert before in said(run("keys", "drop", "--vault", "--json"))[COUNTY]
    assert shown(kept) == {"text": "路灯不亮"}
    assert Keyring(site.vault_keys).read().wrapping == {found[COUNTY]["kek"]}


def test_the_real_items_all_land(run: Run, shared_data: Path) -> None:
    file = shared_data / "items" / "sichuan_guangan_items_2025.csv"
    found = said(run("import", "items", str(file), "--node", "511502", "--json"))
    assert (found["landed"], len(found["set_aside"]), len(found["agencies_set_aside"])) == (1135, 0, 154)
    again = said(run("import", "items", str(file), "--node", "511502", "--json"))
    assert (again["unchanged"], again["new"]) == (1135, 0)


@pytest.mark.parametrize(
    ("content", "word"),
    [(b"", "空"), (b"\x00\x01", "不是 CSV"), (b'full_item_code,name\n"x', "第 2 行"), ("编码\n1\n".encode(), "缺少列")],
)
def test_a_bad_list_is_told_in_one_sentence(run: Run, tmp_path: Path, content: bytes, word: str) -> None:
    file = tmp_path / "items.csv"
    file.write_bytes(content)
    result = run("import", "items", str(file), "--node", COUNTY)
    assert (result.returncode, result.stdout) == (2, "")
    assert word in result.stderr


def test_an_unknown_node_and_a_box_that_is_not_there_are_told(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "items.csv"
    file.write_text("full_item_code,name\n1,2\n")
    assert "这里没有节点 999999" in run("import", "items", str(file), "--node", "999999").stderr
    nowhere = typed(tmp_path / "none", "status")
    assert nowhere.returncode == 1
    assert "先运行 scripts/up" in nowhere.stderr


def test_migrating_a_running_box_looks_at_every_database_of_the_roster(box: OneBox, run: Run) -> None:
    result = run("migrate")
    assert result.returncode == 0, result.stderr
    lines = result.stdout.split()
    for site in box.sites:
        assert [line for line in lines if line.startswith(site.code)] == [
            f"{site.code}/{row.name}" for row in standing(site.at) if row.database != "none"
        ]


def test_a_site_that_is_told_to_stop_ends_by_itself_and_in_order(box: OneBox) -> None:
    county = box.site(COUNTY)
    process = county.process
    assert process is not None
    county.tell_to_stop()
    assert process.wait(STOP_SECONDS) == 0, "it was not the signal that ended it"
    assert any("意外结束" in sentence for sentence in box.watch())
    county.wait_ready()
    assert "host.stop" not in (county.folder / "site.log").read_text(encoding="utf-8", errors="replace")
