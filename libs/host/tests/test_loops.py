"""Loops are watched over: what fails is counted, told and started again; what returns is done; all end when told to."""

from __future__ import annotations

import asyncio

import pytest
from structlog.testing import capture_logs

from libs.host.loops import Loops
from libs.telemetry import NotReady


async def test_a_loop_that_fails_is_started_again_and_counted() -> None:
    loops, runs, well = Loops("511525 intake"), list[int](), asyncio.Event()

    async def loop() -> None:
        runs.append(len(runs))
        if len(runs) < 3:
            raise ValueError("not yet")
        well.set()
        await asyncio.Event().wait()

    loops.run("views", loop, pause=0.001)
    await well.wait()
    assert (runs, loops.failed, loops.down) == ([0, 1, 2], {"views": 2}, {"views"})
    await loops.stop()


async def test_the_pause_grows_until_a_run_has_lasted_longer() -> None:
    now, lasting, well = [0.0], iter([0.0, 0.001, 0.0, 3600.0, 0.0]), asyncio.Event()
    loops = Loops("511525 intake", lambda: now[0])

    async def loop() -> None:
        lasts = next(lasting, None)
        if lasts is None:
            well.set()
            return
        now[0] += lasts
        raise ValueError("again")

    with capture_logs() as logged:
        loops.run("relay", loop, pause=0.001)
        await well.wait()
    assert [line["seconds"] for line in logged] == [0.001, 0.002, 0.004, 0.001, 0.002]
    await loops.stop()


async def test_a_loop_that_waits_to_be_started_again_is_not_well() -> None:
    loops, failed = Loops("511525 intake"), asyncio.Event()

    async def loop() -> None:
        failed.set()
        raise ValueError("no")

    loops.run("relay", loop, pause=3600)
    await failed.wait()
    await asyncio.sleep(0)
    with pytest.raises(NotReady, match="loops: relay"):
        await loops.well()
    await loops.stop()


async def test_a_loop_that_returns_is_done() -> None:
    loops, runs, done = Loops("x"), list[int](), asyncio.Event()

    async def once() -> None:
        runs.append(1)
        done.set()

    loops.run("settle", once, pause=0.001)
    await done.wait()
    await loops.stop()
    assert (runs, loops.failed) == ([1], {})


async def test_what_a_loop_does_at_its_end_is_waited_for() -> None:
    loops, begun, said = Loops("511525 link"), asyncio.Event(), list[str]()

    async def loop() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            await asyncio.sleep(0)
            said.append("last checkpoint")
            raise

    loops.run("up", loop)
    await begun.wait()
    await loops.stop()
    assert said == ["last checkpoint"]


async def test_a_lost_cancellation_is_said_once_more() -> None:
    loops, begun, told = Loops("x"), asyncio.Event(), list[int]()

    async def deaf() -> None:
        begun.set()
        while len(told) < 2:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                told.append(1)

    loops.run("deaf", deaf)
    await begun.wait()
    await loops.stop(seconds=0.01)
    assert len(told) == 2


async def test_a_loop_that_fails_at_its_last_words_is_not_started_again() -> None:
    loops, begun = Loops("511525 link"), asyncio.Event()

    async def loop() -> None:
        assert not begun.is_set(), "once"
        begun.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError as told:
            raise ConnectionError("the broker is away") from told

    loops.run("up", loop, pause=3600)
    await begun.wait()
    await loops.stop(seconds=3600)
    assert loops.failed == {"up": 1}


async def test_a_loop_that_was_just_started_again_is_not_yet_well() -> None:
    now, runs, again = [0.0], list[int](), asyncio.Event()
    loops = Loops("511525 intake", lambda: now[0])

    async def loop() -> None:
        runs.append(1)
        if len(runs) == 1:
            raise ConnectionRefusedError("the owner's feeds do not answer")
        again.set()
        await asyncio.Event().wait()

    loops.run("heal cases", loop, pause=0.001)
    await again.wait()
    with pytest.raises(NotReady, match="heal cases"):
        await loops.well()
    now[0] += 60
    await loops.well()
    await loops.stop()


async def test_a_loop_that_fails_again_and_again_after_long_runs_does_not_look_well_for_ever() -> None:
    now, runs, told = [0.0], list[int](), list[bool]()
    loops, over = Loops("511525 intake", lambda: now[0]), asyncio.Event()

    async def loop() -> None:
        runs.append(1)
        now[0] += 39
        told.append(await _well(loops))
        if len(runs) == 12:
            over.set()
            return
        raise TimeoutError("the broker has not taken the batch")

    loops.run("relay", loop, pause=0.001)
    await over.wait()
    assert told[0] is True, "the first run had nothing to answer for"
    assert told[-5:] == [False] * 5, "39 seconds are longer than any pause so far, and show nothing"
    await loops.stop()


async def test_a_loop_that_a_stray_cancellation_ends_is_started_again() -> None:
    loops, runs, again = Loops("511525 intake"), list[int](), asyncio.Event()

    async def loop() -> None:
        runs.append(1)
        if len(runs) == 1:
            raise asyncio.CancelledError("of something it waited for, not of the loop")
        again.set()
        await asyncio.Event().wait()

    loops.run("heal cases", loop, pause=0.001)
    async with asyncio.timeout(30):
        await again.wait()
    assert loops.failed == {"heal cases": 1}
    await loops.stop()


async def _well(loops: Loops) -> bool:
    try:
        await loops.well()
    except NotReady:
        return False
    return True
