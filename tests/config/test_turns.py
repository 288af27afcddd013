from __future__ import annotations

import asyncio

import pytest

from kyogyo.config.pulse import Pulse
from kyogyo.config.turns import Turns
from kyogyo.config.waking import waking_of


def _here() -> bool:
    return False


async def _worker(turns: Turns, name: int, done: list[int], **more: float) -> None:
    if await turns.take(is_away=_here, **more):
        await asyncio.sleep(0.001)
        done.append(name)
        turns.give_back()
    else:
        done.append(-name)


@pytest.mark.parametrize("number", [1, 2])
def test_turns_come_in_the_order_of_asking(number: int) -> None:
    async def run() -> list[int]:
        turns, done = Turns(number), list[int]()
        await asyncio.gather(*(_worker(turns, name, done) for name in range(40)))
        return done

    assert asyncio.run(run()) == list(range(40))


def test_place_is_kept_while_it_is_looked_whether_to_wait_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("kyogyo.config.turns._LOOK_S", 0.001)

    async def run() -> list[int]:
        turns, done = Turns(1), list[int]()
        await turns.take(is_away=_here)
        waiting = [asyncio.ensure_future(_worker(turns, name, done)) for name in range(20)]
        await asyncio.sleep(0.05)
        turns.give_back()
        await asyncio.gather(*waiting)
        return done

    assert asyncio.run(run()) == list(range(20))


def test_who_waits_too_long_is_told_and_takes_nothing_from_the_next() -> None:
    async def run() -> list[int]:
        turns, done = Turns(1), list[int]()
        await turns.take(is_away=_here)
        await _worker(turns, 1, done, patience=0.0)
        later = asyncio.ensure_future(_worker(turns, 2, done))
        gone = asyncio.ensure_future(_worker(turns, 3, done))
        await asyncio.sleep(0)
        gone.cancel()
        turns.give_back()
        await later
        await _worker(turns, 4, done)
        return done

    assert asyncio.run(run()) == [-1, 2, 4]


def test_nobody_waits_for_a_database_that_is_away() -> None:
    async def run() -> bool:
        turns = Turns(1)
        await turns.take(is_away=_here)
        return await turns.take(is_away=lambda: True)

    assert asyncio.run(run()) is False


def test_a_change_wakes_all_who_listen_and_silence_ends_by_itself() -> None:
    async def run() -> tuple[list[int], int]:
        pulse = Pulse(lambda: 0)
        gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        listening = [
            asyncio.ensure_future(waking_of(pulse).after(0, gone=gone, within=5)) for _ in range(30)
        ]
        await asyncio.sleep(0.01)
        pulse.last_change = 7
        woken = await asyncio.gather(*listening)
        return woken, await waking_of(pulse).after(7, gone=gone, within=0.01)

    assert asyncio.run(run()) == ([7] * 30, 7)


def test_who_is_gone_waits_no_longer() -> None:
    async def run() -> int:
        gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_later(0.01, gone.set_result, None)
        return await asyncio.wait_for(
            waking_of(Pulse(lambda: 0)).after(0, gone=gone, within=60), timeout=5
        )

    assert asyncio.run(run()) == 0
