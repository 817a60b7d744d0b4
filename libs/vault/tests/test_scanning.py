"""A scanner over its real protocol: what it says counts, and where it says nothing of use nothing is let through."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from libs.testkit.clam import SILENCE, clam
from libs.testkit.papers import EICAR
from libs.vault.documents import ADDRESS, Clamd, ScannerAway


async def test_what_is_clean_and_what_is_not_over_a_port_and_over_a_socket(tmp_path: Path) -> None:
    for path in (None, tmp_path / "c"):
        async with clam(path=path) as server:
            assert re.fullmatch(ADDRESS, server.address)
            scanner, large = Clamd(server.address), bytes(3_000_000)
            assert await scanner.scan(large) is None
            assert await scanner.scan(b"") is None
            assert await scanner.scan(large + EICAR + large) == "Eicar-Test-Signature"
            assert [len(data) for data in server.heard] == [3_000_000, 0, 6_000_000 + len(EICAR)]


@pytest.mark.parametrize(
    "says",
    [b"", b"\0", b"stream: OK", b"stream: OK, perhaps\0", b"UNKNOWN COMMAND\0", b"stream: broken ERROR\0", b"\xff\xfe\0", b"x" * 100_000],
)
async def test_no_verdict_is_no_leave(says: bytes) -> None:
    async with clam(says) as server:
        with pytest.raises(ScannerAway):
            await Clamd(server.address).scan(b"a")


async def test_what_is_too_large_for_the_scanner_is_not_let_through() -> None:
    async with clam(most=1000) as server:
        with pytest.raises(ScannerAway):
            await Clamd(server.address).scan(bytes(5_000_000))


async def test_a_scanner_that_is_not_there_and_one_that_never_answers(tmp_path: Path) -> None:
    with pytest.raises(ScannerAway):
        await Clamd(f"unix://{tmp_path}/nowhere").scan(b"a")
    async with clam(SILENCE) as server:
        address = server.address
        with pytest.raises(ScannerAway):
            await Clamd(address, seconds=0.2).scan(b"a")
    with pytest.raises(ScannerAway):
        await Clamd(address).scan(b"a")
