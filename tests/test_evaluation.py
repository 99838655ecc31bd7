"""Every figure of ``sitbreak evaluate``, against numbers worked out by hand; and the command on a synthetic wearer."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from typer.testing import CliRunner

from monitor.cli import app
from monitor.evaluation.alerts import AlertScore, Told
from monitor.evaluation.bars import BarError, bar
from monitor.evaluation.calibration import Calibration
from monitor.evaluation.days import DAY_S, pieces_of, shuffled, stitched
from monitor.evaluation.figure import FigureMissingError, check_installed
from monitor.evaluation.invariants import recut, rows_that_differ
from monitor.evaluation.labelled import LabelledDataError, described, find
from monitor.evaluation.peer import Peer, PeerMissingError, told_axes
from monitor.evaluation.scores import Score
from monitor.evaluation.stretches import (
    SEDENTARY,
    UPRIGHT,
    Bout,
    BoutScore,
    Transition,
    TransitionScore,
    bouts_in,
    known_in,
    transitions_in,
    usual_duration_s,
)
from monitor.evaluation.trial import Tape, pipeline_for, remounted, rotation_of, run, run_limits
from monitor.evaluation.truth import CYCLING, SITTING, STANDING, WALKING, Said, Truth, said_in, truth_of
from monitor.evaluation.wear import WearScore, flat_stretches
from monitor.model import AccelBlock, Posture
from tests.support.wearers import wear

KINDS = {"s": 1, "u": 2, ".": 0}
LABELS = {"s": SITTING, "S": STANDING, "w": WALKING, "c": CYCLING, ".": 0}
POSTURES = {"s": Posture.SITTING, "S": Posture.STANDING, "w": Posture.STEPPING, "?": Posture.UNKNOWN}


def kinds(*parts: tuple[str, int]) -> NDArray[np.int8]:
    return np.concatenate([np.full(seconds, KINDS[letter], np.int8) for letter, seconds in parts])


def everywhere(column: NDArray[np.int8]) -> NDArray[np.bool_]:
    return np.ones(len(column), np.bool_)


def truth(letters: str) -> Truth:
    label = np.array([LABELS[letter] for letter in letters], np.uint8)
    no = np.zeros(len(label), np.bool_)
    return Truth(0, label, no, no)


def said(letters: str, confidence: float = 0.9) -> Said:
    posture = np.array([POSTURES[letter] for letter in letters], np.uint8)
    return Said(posture, posture >= 0, np.full(len(posture), confidence), np.full(len(posture), 3.0))


def figures(labels: str, answers: str) -> dict[str, float]:
    score = Score()
    score.add("set__1", truth(labels), said(answers), np.ones(len(labels), np.bool_))
    return score.figures()


# --- labels -------------------------------------------------------------------------------------------------


def samples(*parts: tuple[int, int], rate_hz: int = 10) -> tuple[NDArray[np.float64], NDArray[np.uint8]]:
    label = np.concatenate([np.full(count, code, np.uint8) for code, count in parts])
    return 100.0 + np.arange(len(label)) / rate_hz, label


def test_a_second_needs_four_fifths_of_one_label() -> None:
    t_s, label = samples((SITTING, 18), (STANDING, 2), (SITTING, 7), (STANDING, 3))
    assert truth_of(t_s, label).label.tolist() == [SITTING, SITTING, 0]


def test_labels_of_a_second_leave_out_two_around_a_change_and_finer_ones_one() -> None:
    t_s, label = samples((SITTING, 50), (WALKING, 50))
    assert np.flatnonzero(truth_of(t_s, label, "harth__S1").near_change).tolist() == [3, 4, 5, 6]
    assert np.flatnonzero(truth_of(t_s, label, "hapt__1").near_change).tolist() == [4, 5]


def test_a_change_within_a_class_is_not_left_out() -> None:
    t_s, label = samples((STANDING, 50), (WALKING, 50))
    assert not truth_of(t_s, label).near_change.any()


def test_labels_known_to_be_wrong_make_no_statement() -> None:
    t_s, label = samples((STANDING, 30), (WALKING, 30))
    assert truth_of(t_s, label, "harth__S032", "thigh").kind.tolist() == [0, 0, 0, 2, 2, 2]
    assert truth_of(t_s, label, "harth__S032", "lower_back").kind.tolist() == [2] * 6


def test_seconds_without_samples_are_unlabelled() -> None:
    t_s = np.array([10.0, 10.5, 13.0, 13.5])
    assert truth_of(t_s, np.full(4, SITTING, np.uint8)).label.tolist() == [SITTING, 0, 0, SITTING]


def test_the_first_ten_seconds_of_standing_are_taught_else_of_walking() -> None:
    assert truth("w" * 30 + "S" * 5 + "s" * 5 + "S" * 12).standing(10) == (40, 50)
    assert truth("s" * 5 + "w" * 30 + "S" * 5).standing(10) == (5, 15)
    assert truth("s" * 50).standing(10) is None


# --- seconds ------------------------------------------------------------------------------------------------


def test_sensitivity_and_specificity_with_unknown_left_out_and_counted_wrong() -> None:
    found = figures("ssssSSSSww", "ss?SSSs?ww")
    assert found["sensitivity"] == 50.0  # 2 of 4
    assert found["specificity"] == pytest.approx(100 * 4 / 6, abs=1e-3)
    assert found["balanced_accuracy"] == pytest.approx((50 + 400 / 6) / 2, abs=1e-3)
    assert found["sensitivity_said"] == pytest.approx(100 * 2 / 3, abs=1e-3)
    assert found["specificity_said"] == 80.0  # 4 of 5
    assert found["unknown"] == 20.0
    assert found["right_of_said"] == 75.0  # 6 of 8
    assert found["sedentary_precision"] == pytest.approx(100 * 2 / 3, abs=1e-3)
    assert found["upright_precision"] == 80.0


def test_what_is_called_sedentary_by_label() -> None:
    found = figures("SSSSwwwwwcc", "sSSSwwwww?s")
    assert found["standing_called_sedentary"] == 25.0
    assert found["walking_called_sedentary"] == 0.0
    assert found["cycling_called_sedentary"] == 50.0
    assert found["specificity"] == pytest.approx(100 * 8 / 9, abs=1e-3)  # cycling makes no statement


def test_the_worst_person_has_a_minute_of_the_class() -> None:
    score = Score()
    for name, labels, answers in (
        ("a", "s" * 60, "s" * 59 + "S"),
        ("b", "s" * 59, "S" * 59),
        ("c", "s" * 90, "s" * 90),
    ):
        score.add(name, truth(labels), said(answers), np.ones(len(labels), np.bool_))
    found = score.figures()
    assert (found["worst_sensitivity_subject"], found["worst_sensitivity"]) == ("a", pytest.approx(98.3333, abs=1e-3))
    assert found["worst_specificity"] is None


def test_rows_that_are_missing_are_unknown() -> None:
    recording = wear(("sit", 4.0))
    rows = run_limits("thigh", [recording.block()], (120.0,))[0]
    grid = truth("s" * 10)
    shifted = Truth(int(rows.start_s[0]) - 2, grid.label, grid.near_change, grid.suspect)
    assert said_in(rows, shifted).posture.tolist()[:2] == [Posture.UNKNOWN] * 2
    assert np.isnan(said_in(rows, shifted).confidence[[0, 1, 9]]).all()


# --- bouts and transitions ------------------------------------------------------------------------------------


def test_interruptions_of_ten_seconds_do_not_end_a_bout_but_eleven_do() -> None:
    kind = kinds(("u", 5), ("s", 20), ("u", 10), ("s", 20), (".", 11), ("s", 5), (".", 3), ("u", 2))
    assert bouts_in(kind) == [Bout(5, 55, True, False), Bout(66, 71, False, True)]


def test_time_is_known_where_at_most_ten_seconds_say_nothing() -> None:
    known = known_in(kinds((".", 3), ("s", 5), (".", 10), ("u", 5), (".", 11), ("u", 1)))
    assert np.flatnonzero(~known).tolist() == [0, 1, 2, *range(23, 34)]


def test_a_transition_has_at_most_ten_seconds_between() -> None:
    kind = kinds(("s", 20), (".", 10), ("u", 20), (".", 11), ("s", 20), ("u", 5))
    assert transitions_in(kind) == [Transition(UPRIGHT, 20, 30), Transition(UPRIGHT, 81, 81)]


def test_a_transition_is_hit_within_five_seconds_and_once() -> None:
    score = TransitionScore()
    labels = kinds(("s", 50), ("u", 50), ("s", 50), ("u", 50))
    answers = kinds(("s", 55), ("u", 39), ("s", 106))  # 5 s late; 6 s early; never up again
    score.add(labels, answers, everywhere(labels))
    assert (score.labelled, score.hit, score.said, score.right) == (3, 1, 2, 1)


def test_a_flicker_costs_precision() -> None:
    score = TransitionScore()
    labels = kinds(("s", 50), ("u", 50))
    answers = kinds(("s", 20), ("u", 1), ("s", 29), ("u", 50))
    score.add(labels, answers, everywhere(labels))
    assert (score.labelled, score.hit, score.said, score.right) == (1, 1, 3, 1)


def test_transitions_in_unlabelled_time_are_not_judged() -> None:
    score = TransitionScore()
    labels = kinds(("s", 50), (".", 50))
    answers = kinds(("s", 48), ("u", 52))
    score.add(labels, answers, everywhere(labels))
    assert score.said == 0


@pytest.mark.parametrize(
    ("answers", "whole"),
    [
        (kinds(("u", 65), ("s", 195), ("u", 100)), 1),  # 97.5 %, 5 s late at the start
        (kinds(("u", 60), ("s", 90), ("u", 11), ("s", 99), ("u", 100)), 0),  # in two
        (kinds(("u", 44), ("s", 216), ("u", 100)), 0),  # 16 s early
        (kinds(("u", 360)), 0),
    ],
)
def test_a_bout_is_found_whole_in_one_piece_with_both_ends(answers: NDArray[np.int8], whole: int) -> None:
    labels = kinds(("u", 60), ("s", 200), ("u", 100))
    score = BoutScore()
    score.add(labels, answers, everywhere(labels), everywhere(labels))
    assert (score.labelled, score.whole) == (1, whole)


def test_an_end_without_a_label_is_not_held_against_a_bout() -> None:
    labels, answers = kinds(("u", 60), ("s", 200), (".", 100)), kinds(("u", 58), ("s", 302))
    score = BoutScore()
    score.add(labels, answers, everywhere(labels), labels != 0)
    assert (score.whole, score.start_errors_s, score.end_errors_s) == (1, [-2], [])
    assert (score.labelled_s, score.said_s) == ([200], [202])


def test_the_usual_bout_halves_the_sitting_time() -> None:
    assert usual_duration_s([10, 10, 10, 10, 40]) == 10  # 40 of 80 s are spent by the fourth
    assert usual_duration_s([10, 20, 40, 50]) == 35  # 60 of 120 s: 30 by the second, 70 by the third


def test_a_second_more_moves_the_usual_bout_by_little() -> None:
    assert usual_duration_s([473, 486, 486, 473]) == pytest.approx(usual_duration_s([473, 486, 487, 473]), rel=0.002)
    assert np.isnan(usual_duration_s([]))


# --- alerts -------------------------------------------------------------------------------------------------


def test_an_alert_is_due_five_seconds_past_the_limit_after_a_labelled_start() -> None:
    labels = kinds(("u", 50), ("s", 125), ("u", 50), ("s", 124), (".", 50), ("s", 300))
    score = AlertScore()
    score.add(labels, [Told(50 + 122.0, 50 + 120.0)], 120.0, everywhere(labels))
    assert (score.due, score.missed, score.told_errors_s, score.due_errors_s) == (1, 0, [2.0], [0.0])
    assert (score.judged, score.false) == (1, 0)


def test_an_interruption_that_belongs_to_a_bout_does_not_run_its_clock() -> None:
    labels = kinds(("u", 50), ("s", 100), ("u", 10), ("s", 60), ("u", 50))
    score = AlertScore()
    score.add(labels, [Told(50 + 131.0, 50 + 130.0)], 120.0, everywhere(labels))
    assert (score.due, score.missed, score.told_errors_s, score.due_errors_s) == (1, 0, [1.0], [0.0])


def test_a_break_of_more_than_ten_seconds_ends_a_scored_bout() -> None:
    assert pipeline_for("thigh", 120.0, Tape()).bouts.rules.break_min_s == 11


def test_an_alert_that_never_comes_is_missed() -> None:
    labels = kinds(("u", 50), ("s", 200), ("u", 50))
    score = AlertScore()
    score.add(labels, [], 120.0, everywhere(labels))
    assert (score.due, score.missed, score.judged) == (1, 1, 0)
    assert score.labelled_s == 300.0


def test_an_alert_without_a_bout_is_false_only_where_all_labels_are_known() -> None:
    labels = kinds(("u", 300), (".", 100), ("u", 300))
    score = AlertScore()
    score.add(labels, [Told(200.0, 198.0), Told(450.0, 448.0)], 120.0, everywhere(labels))
    assert (score.due, score.judged, score.false) == (0, 1, 1)


# --- confidence ---------------------------------------------------------------------------------------------


def test_calibration_error_and_auroc_by_hand() -> None:
    calibration = Calibration()
    calibration.add(np.array([0.95] * 10), np.array([True] * 9 + [False]))
    calibration.add(np.array([0.55] * 10), np.array([True] * 4 + [False] * 6))
    assert calibration.reliability() == [(pytest.approx(0.55), 0.4, 10), (pytest.approx(0.95), 0.9, 10)]
    assert calibration.expected_error() == pytest.approx(0.5 * 0.15 + 0.5 * 0.05)
    # right 9 high, 4 low; wrong 1 high, 6 low: 9 x 6 won, 9 x 1 and 4 x 6 tied, 4 x 1 lost, of 91
    assert calibration.auroc() == pytest.approx((54 + 0.5 * 33) / 91)
    assert calibration.wrong_s() == 7


def test_without_a_wrong_second_nothing_can_be_told_apart() -> None:
    calibration = Calibration()
    calibration.add(np.array([0.9, 1.0]), np.array([True, True]))
    assert np.isnan(calibration.auroc())


# --- off the body -------------------------------------------------------------------------------------------


def test_flat_time_counts_from_fifteen_minutes_and_only_unlabelled() -> None:
    t_s = np.arange(4000.0)
    xyz_g = np.tile([0.0, 0.0, 1.0], (4000, 1))
    xyz_g[:1000, 0] = np.arange(1000) % 2
    label = np.zeros(4000, np.uint8)
    label[3500:] = SITTING
    assert flat_stretches(t_s, xyz_g, label) == [(1900, 3500)]
    grid = Truth(0, label, label > 99, label > 99)
    score = WearScore()
    worn = np.ones(4000, np.bool_)
    worn[3500:3505] = False
    answers = np.full(4000, int(Posture.NOT_WORN), np.uint8)
    answers[1800:1960] = int(Posture.SITTING)
    score.add(t_s, xyz_g, label, grid, Said(answers, worn, np.ones(4000), np.full(4000, 3.0)))
    found = score.figures()
    assert found["flat_min"] == pytest.approx(1600 / 60, abs=0.1)
    assert found["flat_called_sedentary_min"] == 1.0  # 1900 to 1960
    assert found["worn_called_not_worn"] == 1.0  # 5 of 500
    assert (found["delay_mean_s"], found["delay_max_s"]) == (3.0, 3.0)


# --- running ------------------------------------------------------------------------------------------------


def test_a_rotation_is_one_and_is_the_same_for_the_same_seed() -> None:
    rotation = rotation_of(3, "harth__S1")
    assert np.allclose(rotation @ rotation.T, np.eye(3))
    assert np.linalg.det(rotation) == pytest.approx(1.0)
    assert (rotation == rotation_of(3, "harth__S1")).all()
    assert not np.allclose(rotation, rotation_of(4, "harth__S1"))


def test_re_mounting_turns_the_later_samples_only() -> None:
    block = wear(("sit", 10.0)).block()
    (later,) = remounted([block], rotation_of(0, "a"), float(block.t_s[100]))
    assert (later.xyz_g[:100] == block.xyz_g[:100]).all()
    assert not np.allclose(later.xyz_g[100:], block.xyz_g[100:])


def test_a_tape_played_again_gives_the_same_rows_and_alerts() -> None:
    block = wear(("walk", 40.0), ("sit", 200.0), ("walk", 20.0)).block()
    tape = Tape()
    first = run(pipeline_for("thigh", 120.0, tape), [block])
    again = run(pipeline_for("thigh", 120.0, tape.again()), [block])
    assert first.rows.posture.tobytes() == again.rows.posture.tobytes()
    assert first.told == again.told
    assert len(first.told) == 1


def test_a_row_that_changes_with_the_cut_is_found() -> None:
    recording = wear(("walk", 40.0), ("sit", 60.0))
    whole = run(pipeline_for("thigh", 120.0, Tape()), [recording.block()]).rows
    until_s = float(recording.t_s[1500])
    parts = list(recut([recording.block()], until_s, np.random.default_rng(0)))
    assert np.concatenate([part.t_s for part in parts]).tolist() == recording.t_s[:1500].tolist()
    cut_off = run(pipeline_for("thigh", 120.0, Tape()), parts).rows
    assert rows_that_differ(whole, cut_off, until_s) == 0
    cut_off.posture[20] += 1
    cut_off.confidence[30] += 0.01
    assert rows_that_differ(whole, cut_off, until_s) == 2
    assert rows_that_differ(whole, cut_off, whole.start_s[0]) == 0


def test_shuffled_takes_keep_their_samples_and_have_gaps_between() -> None:
    t_s, label = samples((SITTING, 100), (WALKING, 50), (SITTING, 30))
    xyz_g = np.arange(180.0)[:, None].repeat(3, axis=1)
    takes = shuffled(t_s, xyz_g, label, 10.0, np.random.default_rng(1))
    assert sorted(takes.xyz_g[:, 0].tolist()) == xyz_g[:, 0].tolist()
    blocks = takes.blocks()
    assert sorted(len(block.t_s) for block in blocks) == [30, 50, 100]
    assert all(later.t_s[0] - earlier.t_s[-1] >= 30 for earlier, later in pairwise(blocks))
    assert [block.segment for block in blocks] == [0, 1, 2]


def test_a_stitched_day_has_eight_hours_and_the_labels_of_its_samples() -> None:
    recording = wear(("walk", 60.0), ("sit", 120.0), ("stand", 60.0), rate_hz=12.5, start_s=0.0)
    label = np.repeat(np.array([WALKING, SITTING, STANDING], np.uint8), [750, 1500, 750])
    grid = truth_of(recording.block().t_s, label)
    pieces = pieces_of(grid, recording.block().t_s)
    xyz_g = recording.block().xyz_g.astype(np.float64)
    day = stitched(pieces, xyz_g, label, 12.5, np.random.default_rng(0))
    assert day.t_s[-1] >= DAY_S - 1
    assert np.allclose(np.diff(day.t_s), 0.08)
    sits = bouts_in(truth_of(day.t_s, day.label).kind)
    assert sum(len(bout) > 1800 for bout in sits) >= 2
    assert all(bout.upright_before for bout in sits)
    assert sum(len(block.t_s) for block in day.blocks()) == len(day.t_s)


# --- the package beside ours ----------------------------------------------------------------------------------


def test_the_peer_is_told_x_up_and_z_backwards() -> None:
    xyz_g = np.array([[0.0, -1.0, 0.0]] * 5 + [[1.0, 0.1, 0.0]] * 5)
    axes = told_axes("hapt", xyz_g, np.array([STANDING] * 5 + [SITTING] * 5, np.uint8))
    assert axes is not None
    assert np.allclose(axes @ [0.0, -1.0, 0.0], [1.0, 0.0, 0.0])
    assert np.allclose(axes @ [1.0, 0.0, 0.0], [0.0, 0.0, -1.0])
    assert np.linalg.det(axes) == pytest.approx(1.0)
    assert told_axes("hapt", xyz_g, np.zeros(10, np.uint8)) is None


def test_missing_extras_are_named_with_the_install_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "actimotus", None)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(PeerMissingError, match=r'pip install "sitbreak\[compare\]"'):
        Peer()
    with pytest.raises(FigureMissingError, match=r'pip install "sitbreak\[figure\]"'):
        check_installed()


# --- bars ---------------------------------------------------------------------------------------------------

FOUND = {
    "thigh": {"pooled": {"taught": {"sensitivity": 99.9, "auroc": None}}},
    "wrist": {"pooled": {"taught": {"sensitivity": 60.0, "auroc": 0.8}}},
}


def test_a_bar_for_one_placement_or_for_all() -> None:
    assert bar("thigh.taught.sensitivity=99.8", list(FOUND), at_least=True).missed_in(FOUND) == []
    (missed,) = bar("taught.sensitivity=99.8", list(FOUND), at_least=True).missed_in(FOUND)
    assert missed == "wrist.taught.sensitivity is 60, min 99.8"
    (missed,) = bar("taught.auroc=0.9", list(FOUND), at_least=False).missed_in(FOUND)
    assert missed == "thigh.taught.auroc is none, max 0.9"


def test_a_bar_that_names_nothing_is_refused() -> None:
    with pytest.raises(BarError, match="NUMBER"):
        bar("taught.sensitivity", list(FOUND), at_least=True)
    with pytest.raises(BarError, match="sensitivty"):
        bar("taught.sensitivty=9", list(FOUND), at_least=True).missed_in(FOUND)


# --- the command --------------------------------------------------------------------------------------------


def stored(folder: Path, name: str, block: AccelBlock, label: NDArray[np.uint8]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.npz"
    acc = np.rint(block.xyz_g * 1000).astype(np.int16)
    start = {"seg_start": np.array([0]), "seg_t0": np.array([block.t_s[0]])}
    np.savez(path, acc=acc, label=label, fs=block.rate_hz, **start)  # type: ignore[arg-type]
    return path


@pytest.fixture
def data(tmp_path: Path) -> Path:
    doings = (("stand", 30.0), ("walk", 60.0), ("sit", 200.0), ("stand", 60.0), ("walk", 150.0), ("sit", 60.0))
    codes = {"stand": STANDING, "walk": WALKING, "sit": SITTING}
    for number in (1, 2):
        block = wear(*doings, seed=number).block()
        label = np.repeat([codes[name] for name, _ in doings], [int(25 * s) for _, s in doings]).astype(np.uint8)
        stored(tmp_path / "thigh", f"toy__{number}", block, label)
    (tmp_path / "manifest.json").write_text(json.dumps({"datasets": {"toy": {"title": "Toys", "citation": "none"}}}))
    return tmp_path


def page_of(figures: Path) -> str:
    program = Path(__file__).parent.parent / "benchmarks" / "accuracy_page.py"
    return subprocess.run([sys.executable, program, figures], capture_output=True, text=True, check=True).stdout


def test_the_command_prints_tables_and_writes_every_figure(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "figures.json"
    result = CliRunner().invoke(
        app, ["evaluate", str(data), "--json", str(out), "--days", "1", "--min", "taught.sensitivity=95"]
    )
    assert result.exit_code == 0, result.output
    assert "Alerts of the live path" in result.output
    found = json.loads(out.read_text())
    assert found["data_sets"]["toy"]["title"] == "Toys"
    pooled = found["placements"]["thigh"]["pooled"]
    assert pooled["subjects"] == 2
    assert pooled["after_walk"]["sensitivity"] > 95
    assert pooled["after_walk"]["specificity"] > 95
    assert pooled["remounted"]["balanced_accuracy"] > 95
    assert pooled["after_walk"]["alerts"]["120"]["due"] == 2
    assert pooled["after_walk"]["alerts"]["120"]["missed"] == 0
    assert pooled["days"]["alerts"]["1800"]["missed"] == 0
    assert pooled["wear"]["delay_max_s"] <= 5
    assert pooled["invariants"]["recut_rows"] == 0
    page = page_of(out)
    assert "## What is weak" in page
    assert "sitbreak evaluate DATA --placement thigh --rotate 0 --days 1" in page
    assert "- **toy**: Toys" in page


def test_a_missed_bar_ends_with_1_and_names_it(data: Path) -> None:
    result = CliRunner().invoke(app, ["evaluate", str(data / "thigh" / "toy__1.npz"), "--max", "taught.sensitivity=10"])
    assert result.exit_code == 1
    assert "bar missed: thigh.taught.sensitivity" in result.output + result.stderr


def test_the_figure_is_a_picture(data: Path, tmp_path: Path) -> None:
    picture = tmp_path / "toy.png"
    result = CliRunner().invoke(app, ["evaluate", str(data / "thigh" / "toy__1.npz"), "--figure", str(picture)])
    assert result.exit_code == 0, result.output
    assert picture.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("option", [("--figure", "a.xyz"), ("--json", "nowhere/a.json"), ("--placement", "ear")])
def test_what_cannot_work_is_refused_before_the_work(data: Path, option: tuple[str, str]) -> None:
    result = CliRunner().invoke(app, ["evaluate", str(data), *option])
    assert result.exit_code == 2


def test_data_is_found_in_folders_and_files(data: Path) -> None:
    by_folder = find([data], None)
    assert [(source.subject, source.data_set, source.placement) for source in by_folder] == [
        ("toy__1", "toy", "thigh"),
        ("toy__2", "toy", "thigh"),
    ]
    assert find([data / "thigh"], None) == by_folder
    (one,) = find([data / "thigh" / "toy__2.npz"], "pocket")
    assert one.placement == "pocket"
    assert find([data], "thigh") == by_folder
    with pytest.raises(LabelledDataError, match="no labelled"):
        find([data], "wrist")
    with pytest.raises(LabelledDataError, match="not there"):
        find([data / "nowhere"], None)
    assert described([data / "thigh"], {"toy", "other"}) == {"toy": {"title": "Toys", "citation": "none"}}


def test_a_recording_without_labels_is_refused(tmp_path: Path) -> None:
    block = wear(("sit", 10.0)).block()
    path = stored(tmp_path / "thigh", "toy__1", block, np.zeros(3, np.uint8))
    result = CliRunner().invoke(app, ["evaluate", str(path)])
    assert isinstance(result.exception, LabelledDataError)


def test_kinds_are_those_of_the_stretches() -> None:
    assert (KINDS["s"], KINDS["u"]) == (SEDENTARY, UPRIGHT)
