from __future__ import annotations

from sdstudio.engine.request import Edit, Request
from sdstudio.session.events import Parent
from sdstudio.ui.timeline.film import Film
from sdstudio.ui.timeline.rows import film_of
from tests.ui.timeline.stage import play, sitting


def test_without_a_run_there_is_no_row() -> None:
    assert film_of(sitting().tree, None) == Film()


def test_branches_stand_below_the_run_they_grew_from_later_ones_first() -> None:
    made = sitting()
    play(made, 1)
    play(made, 2, parent=Parent(1, 3), edit=Edit(step=3, guidance_scale=3.0))
    play(made, 3, parent=Parent(1, 6), edit=Edit(step=6, prompt="a tiger"))
    play(made, 4, parent=Parent(2, 5), edit=Edit(step=5, fresh_noise=0.3, noise_seed=1))
    play(made, 5)
    film = film_of(made.tree, 2)
    assert [row.run for row in film.rows] == [1, 3, 2, 4]
    assert [row.first for row in film.rows] == [0, 6, 3, 5]
    assert [row.joint for row in film.rows] == [None, 0, 0, 2]
    assert film.rows[2].about == "guidance 7.5 → 3"
    assert film.rows[1].about == "prompt “frog” → “tiger”"
    assert film.rows[3].about == "30 % fresh noise"


def test_all_rows_of_a_tree_show_whichever_of_them_is_selected() -> None:
    made = sitting()
    play(made, 1)
    play(made, 2, parent=Parent(1, 3))
    assert film_of(made.tree, 1) == film_of(made.tree, 2)


def test_a_family_stands_together_with_its_mix() -> None:
    made = sitting()
    for row, mix in enumerate((0.0, 0.5, 1.0)):
        request = Request(prompt="a frog", prompt_b="a rabbit", mix=mix, steps=10)
        play(made, 7 + row, request=request, family=7)
    film = film_of(made.tree, 8)
    assert [row.about for row in film.rows] == ["mix 0 %", "mix 50 %", "mix 100 %"]


def test_edits_become_marks_that_say_what_changed() -> None:
    made = sitting()
    play(made, 1, edit=Edit(step=4, guidance_scale=3.0, eta=0.5))
    (row,) = film_of(made.tree, 1).rows
    assert [(mark.index, mark.text) for mark in row.marks] == [(4, "guidance 7.5 → 3, eta 0 → 0.5")]


def test_a_shared_step_belongs_to_the_run_that_made_it() -> None:
    made = sitting()
    play(made, 1)
    play(made, 2, parent=Parent(1, 3))
    play(made, 3, parent=Parent(2, 6))
    film = film_of(made.tree, 3)
    rows = {row.run: number for number, row in enumerate(film.rows)}
    last = rows[3]
    assert [film.rows[film.owner(last, index)].run for index in (0, 2, 3, 5, 6, 9)] == [
        1,
        1,
        2,
        2,
        3,
        3,
    ]


def test_a_branch_at_a_step_shared_with_the_grandparent_grows_from_that_one() -> None:
    made = sitting()
    play(made, 1)
    play(made, 2, parent=Parent(1, 6))
    play(made, 3, parent=Parent(2, 4))
    film = film_of(made.tree, 3)
    assert [(row.run, row.joint) for row in film.rows] == [(1, None), (2, 0), (3, 0)]
