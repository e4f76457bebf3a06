"""Sound and broken programs, really run: nobody sound is accused, and what is offered makes the broken ones run."""

from __future__ import annotations

import functools

import pytest

from benchmarks.programs import Judged, judge, programs, run
from explainers.reading.diagnosing import read
from explainers.reading.patching.patch import applied

SOUND, BROKEN = programs("sound"), programs("broken")
LEAST_MENDED = 0.9  # of the broken ones: the first or the second fix makes them run


@functools.cache
def judged(name: str) -> Judged:
    """One program judged, once for all tests."""
    return judge(next(program for program in (*SOUND, *BROKEN) if program.name == name))


def test_there_are_enough_of_them() -> None:
    assert len(SOUND) >= 60
    assert len(BROKEN) >= 60


def test_no_sound_program_is_accused_by_reading_it() -> None:
    assert {program.name: told for program in SOUND if (told := read(program.text).mistake)} == {}


PART = [program.name for program in SOUND[::6]]  # each takes a second and a half: it is run, read and rebuilt


@pytest.mark.parametrize(
    "names",
    [
        pytest.param(PART, id="one in six"),
        pytest.param([program.name for program in SOUND], id="all", marks=pytest.mark.long),
    ],
)
def test_no_sound_program_is_accused_and_live_counts_are_its_own(names: list[str]) -> None:
    """Keras runs each of them; where the reader rebuilds the whole model, it has as many parameters."""
    every = [judged(name) for name in names]
    assert {entry.program.name: entry.wrong for entry in every if entry.wrong} == {}
    assert sum(entry.counts is not None for entry in every) >= len(every) // 2


@pytest.mark.parametrize(
    "name",
    [
        *("tf_base_attention", "overridden_super", "split_unstack", "tf_gather_split"),
        *("reduced_and_summed", "agent_with_its_own_build", "positions_made_at_once", "block_with_call_dunder"),
        *("array_that_stretches", "einsum_of_weights_and_constants"),
    ],
)
def test_classes_and_functions_of_python_are_read_whole(name: str) -> None:
    """Inherited methods, operations that return several tensors, layers made by reduce, sum and comprehensions."""
    entry = judged(name)
    assert entry.wrong == ""
    assert entry.counts is not None
    assert entry.counts[0] == entry.counts[1]


@pytest.mark.long
@pytest.mark.parametrize("kind", ["sound_pasted", "sound_later"])
def test_no_pasted_script_is_accused(kind: str) -> None:
    """Whole scripts with their data: Keras runs each of them."""
    assert {entry.program.name: entry.wrong for entry in map(judge, programs(kind)) if entry.wrong} == {}


@pytest.mark.long
def test_broken_programs_run_with_what_is_offered() -> None:
    """Keras refuses each of them (or runs it and is wrong); with a diff of the answer put into its lines it runs."""
    wrong = {program.name: judged(program.name).wrong for program in BROKEN if judged(program.name).wrong}
    assert len(BROKEN) - len(wrong) >= LEAST_MENDED * len(BROKEN), wrong


@pytest.mark.parametrize(
    "name",
    [
        *("two_lstms", "concat_sides", "units_for_columns", "kernel_too_long", "block_other_name"),
        *("kernel_of_first_axis", "block_shortcut", "fewer_positions", "units_of_numpy", "old_modules"),
        *("borders_cut_in_a_block", "functions_of_tf", "condition_for_each_pixel"),
        *("pooled_away_in_front_of_a_gate", "one_side_of_open_steps"),
    ],
)
def test_a_broken_program_runs_with_the_first_diff(name: str) -> None:
    """A part of the whole product, one of a kind."""
    program = next(program for program in BROKEN if program.name == name)
    assert run(program).error is not None
    assert judge(program).runs == 1


def test_functions_of_tf_beside_a_model_are_left_alone() -> None:
    """In a training loop they are given numbers; only those that make the model itself are renamed."""
    assert read(next(program.text for program in SOUND if program.name == "training_loop_of_tf")).renamed == ()
    told = read(next(program.text for program in BROKEN if program.name == "functions_of_tf")).renamed
    assert told == tuple(
        f"tf.{name} doesn't take a tensor of Keras: keras.ops has a function for it"
        for name in ("concat", "nn.relu", "reduce_max")
    )


def test_a_diff_is_put_in_strictly() -> None:
    assert applied("a\nb\nc", "@@ -1,3 +1,3 @@\n a\n-b\n+x\n c") == "a\nx\nc"
    with pytest.raises(ValueError, match="isn't line 2"):
        applied("a\nb", "@@ -1,2 +1,1 @@\n a\n-c")
