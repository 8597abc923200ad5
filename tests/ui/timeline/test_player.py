from __future__ import annotations

from sdstudio.ui.timeline.player import Player


def play(qtbot, index: int, last: int, speed: int = 100) -> list[int]:
    player = Player()
    player.speed = speed
    seen: list[int] = []
    player.reached.connect(seen.append)
    player.play(index, last)
    assert player.playing
    qtbot.waitUntil(lambda: not player.playing)
    return seen


def test_it_plays_to_the_end_in_order_and_stops(qtbot) -> None:
    seen = play(qtbot, 2, 12)
    assert seen == sorted(seen)
    assert seen[-1] == 12
    assert seen[0] > 2


def test_at_the_end_it_begins_anew(qtbot) -> None:
    seen = play(qtbot, 8, 8)
    assert (seen[0], seen[-1]) == (0, 8)


def test_a_late_window_leaves_steps_out(qtbot) -> None:
    player = Player()
    player.speed = 100
    seen: list[int] = []

    def slow(index: int) -> None:
        seen.append(index)
        qtbot.wait(50)

    player.reached.connect(slow)
    player.play(0, 30)
    qtbot.waitUntil(lambda: not player.playing)
    assert seen[-1] == 30
    assert len(seen) < 20


def test_a_run_that_goes_on_is_played_to_its_newest_step(qtbot) -> None:
    player = Player()
    player.speed = 100
    seen: list[int] = []
    player.reached.connect(seen.append)
    player.play(0, 4)
    player.stretch(9)
    qtbot.waitUntil(lambda: not player.playing)
    assert seen[-1] == 9


def test_a_single_step_is_nothing_to_play(qtbot) -> None:
    player = Player()
    player.play(0, 0)
    assert not player.playing


def test_a_loop_begins_anew_until_it_is_stopped(qtbot) -> None:
    player = Player()
    player.speed = 100
    player.loops = True
    seen: list[int] = []
    player.reached.connect(seen.append)
    player.play(0, 3)
    qtbot.waitUntil(lambda: seen.count(0) >= 3)
    assert set(seen) <= {0, 1, 2, 3}
    assert player.playing
    player.stop()
    assert not player.playing
