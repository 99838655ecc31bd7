"""Writes docs/accuracy.md from what ``sitbreak evaluate --json`` has measured; no figure on the page is typed.

    sitbreak evaluate DATA --placement thigh --rotate 0 --rotate 1 --rotate 2 --json thigh.json
    python benchmarks/accuracy_page.py thigh.json [MORE.json ...] > docs/accuracy.md

The definitions are the docstrings of the code that counts; what is weak follows from the bars below.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from monitor.evaluation import (
    alerts,
    calibration,
    days,
    invariants,
    labelled,
    peer,
    scores,
    stretches,
    trial,
    truth,
    wear,
)
from monitor.evaluation.campaign import POOLED, SCOPES
from monitor.evaluation.sheets import sheets
from monitor.evaluation.tables import markdown
from monitor.posture import PLACEMENTS

Figures = dict[str, Any]

CHAPTERS: tuple[tuple[str, ModuleType], ...] = (
    ("The recordings", labelled),
    ("What the program is given", trial),
    ("Which seconds count", truth),
    ("What is counted in them", scores),
    ("Bouts and transitions", stretches),
    ("Alerts", alerts),
    ("Off the body", wear),
    ("What must not matter", invariants),
    ("Confidence", calibration),
    ("Artificial recordings", days),
    ("acti-motus", peer),
)


@dataclass(frozen=True, slots=True)
class Aim:
    """A figure of a placement that a release should reach."""

    placement: str
    figure: str
    """Scope and name, as in the JSON; ``*`` stands for every limit."""
    bound: float
    at_least: bool
    words: str
    each: bool = False
    """Every data set by itself, not all together."""
    data: str = ""
    """One data set alone, where the others cannot show it."""

    def values(self, placements: dict[str, Figures]) -> list[float | None]:
        """What was measured; empty where it was not."""
        groups = placements.get(self.placement, {})
        places: list[Any] = [group for name, group in groups.items() if self._counts(name)]
        for step in self.figure.split("."):
            places = [
                inner
                for place in places
                if isinstance(place, dict)
                for inner in (place.values() if step == "*" else [place.get(step)])
            ]
        values = [place for place in places if not isinstance(place, dict)]
        return [value for value in values if value is not None] if self.each else values

    def _counts(self, name: str) -> bool:
        return name == self.data if self.data else (name != POOLED) == self.each

    def missed(self, value: float | None) -> bool:
        """Whether a measured value is on the wrong side; what could not be counted is."""
        return value is None or (value < self.bound if self.at_least else value > self.bound)


def least(placement: str, figure: str, bound: float, words: str, *, each: bool = False, data: str = "") -> Aim:
    """At least so much."""
    return Aim(placement, figure, bound, True, words, each, data)


def most(placement: str, figure: str, bound: float, words: str, *, each: bool = False) -> Aim:
    """At most so much."""
    return Aim(placement, figure, bound, False, words, each)


AIMS = (
    least("thigh", "taught.sensitivity", 99.8, "sensitivity, upright known"),
    least("thigh", "taught.specificity", 99.9, "specificity, upright known"),
    least("thigh", "taught.worst_sensitivity", 97.0, "the worst person's sensitivity"),
    least("thigh", "taught.worst_specificity", 97.0, "the worst person's specificity"),
    least("thigh", "after_walk.sensitivity", 99.7, "sensitivity after 20 s of walking"),
    least("thigh", "after_walk.specificity", 99.8, "specificity after 20 s of walking"),
    least("thigh", "before_walk.right_of_said", 99.5, "right before the first walk"),
    most("thigh", "taught.standing_called_sedentary", 0.3, "standing called sedentary, upright known"),
    most("thigh", "after_walk.standing_called_sedentary", 0.3, "standing called sedentary, after walking"),
    most("thigh", "taught.walking_called_sedentary", 0.05, "walking called sedentary"),
    most("thigh", "after_walk.cycling_called_sedentary", 1.0, "cycling called sedentary"),
    # harth's recordings are cut at most changes of posture and cannot show transitions
    least("thigh", "taught.transition_recall", 97.0, "transitions found within 5 s (sens)", data="sens"),
    least("thigh", "taught.transition_precision", 97.0, "transitions said that are right (sens)", data="sens"),
    least("thigh", "taught.bouts_whole", 99.0, "bouts found whole"),
    most("thigh", "taught.usual_bout_error", 2.0, "error of the usual bout duration"),
    most("thigh", "taught.alerts.*.missed", 0, "alerts missed, by limit"),
    most("thigh", "taught.alerts.*.false_per_40_h", 1.0, "false alerts per 40 worn hours, by limit"),
    most("thigh", "taught.alerts.*.told_error_p95_s", 3.0, "seconds an alert is off, 95th percentile, by limit"),
    most("thigh", "days.alerts.*.missed", 0, "alerts missed on stitched days"),
    most("thigh", "days.alerts.*.false_per_40_h", 1.0, "false alerts per 40 h of stitched days"),
    most("thigh", "wear.flat_called_sedentary_min", 0, "minutes off the body called sitting"),
    most("thigh", "wear.worn_called_not_worn", 0.1, "worn time called not worn"),
    least("thigh", "remounted.sensitivity", 99.7, "sensitivity after a silent re-mounting"),
    least("thigh", "remounted.specificity", 99.7, "specificity after a silent re-mounting"),
    *(
        aim
        for placement in PLACEMENTS
        for aim in (
            most(placement, "invariants.recut_rows", 0, "rows that differ when the recording is cut elsewhere"),
            most(placement, "wear.delay_max_s", 5.0, "seconds until a second is decided, at most"),
        )
    ),
    least("lower_back", "taught.balanced_accuracy", 94.0, "balanced accuracy, upright known"),
    least("lower_back", "after_walk.balanced_accuracy", 93.0, "balanced accuracy after 20 s of walking"),
    most("lower_back", "after_walk.standing_called_sedentary", 10.0, "standing called sedentary"),
    least("waist", "taught.balanced_accuracy", 96.0, "balanced accuracy, upright known"),
    least("waist", "taught.lying_called_sedentary", 99.0, "lying called sedentary"),
    least("waist", "before_walk.balanced_accuracy_said", 91.0, "balanced accuracy of what it says before walking"),
    most("waist", "before_walk.unknown", 50.0, "unknown before walking"),
    *(
        aim
        for placement, coverage in (("chest", 40.0), ("pocket", 40.0), ("wrist", 70.0))
        for aim in (
            least(placement, "shuffled.sedentary_precision", 90.0, "right of what it calls sedentary, takes shuffled"),
            least(placement, "shuffled.upright_precision", 90.0, "right of what it calls upright, takes shuffled"),
            most(placement, "shuffled.unknown", 100.0 - coverage, "unknown, takes shuffled"),
            most(placement, "shuffled.standing_called_sedentary", 15.0, "standing called sedentary, takes shuffled"),
        )
    ),
    *(
        aim
        for placement in PLACEMENTS
        for aim in (
            most(placement, "all.calibration_error", 0.03, "expected calibration error, each data set", each=True),
            least(placement, "all.auroc", 0.75, "confidence tells right from wrong (AUROC), each data set", each=True),
        )
    ),
)
"""What a release aims at, in percent unless the words say otherwise."""

UNSEEN = """No recording here has a moving car, sleep, a real re-mounting (those shown are made by turning the signal),
a real day at a desk with a sensor on the wrist or the chest, or sitting of more than 40 minutes (longer ones are
stitched). On the lower back some people have under two minutes of sitting: their figures are counts, not shares."""
HELD_OUT = """Thigh and pocket work by rules without trained parameters; their limits were chosen with these same
people, so expect somewhat less on others. The small models of trunk, chest and wrist were trained on them: the table
"People left out" at the end of each tells what they are worth on people whom the training has not seen."""


def page(measured: list[Figures], unseen: list[Figures]) -> Iterator[str]:
    """The whole page, line by line; ``unseen`` is what ``benchmarks/unseen.py`` has written."""
    placements = {name: groups for one in measured for name, groups in one["placements"].items()}
    yield "# How accurate it is"
    yield ""
    version = measured[0]["version"]
    yield f"Generated by `benchmarks/accuracy_page.py` from what `sitbreak evaluate` has measured; version {version}."
    yield "Seconds labelled sedentary (sitting, lying) against seconds labelled upright, on recordings of real people,"
    yield "each turned into random orientations and fed through the live path."
    yield ""
    yield from _commands(measured, unseen)
    yield from _weak(placements)
    left_out = {name: ways for one in unseen for name, ways in one["unseen"].items()}
    for name in (name for name in PLACEMENTS if name in placements):
        turns = next(len(one["rotate"]) for one in measured if name in one["placements"])
        yield f"## {name}"
        yield ""
        yield f"{placements[name][POOLED]['subjects']} recordings, each in {turns} random orientation(s)."
        yield ""
        for sheet in sheets(placements[name]):
            yield from markdown(sheet)
        if name in left_out:
            yield from _left_out(left_out[name])
    yield from _scopes()
    yield from _definitions()
    yield from _data_sets(measured)


LEFT_OUT = (
    ("sens / spec %", ("sensitivity", "specificity"), 2),
    ("balanced", ("balanced_accuracy",), 2),
    ("unknown left out", ("sensitivity_said", "specificity_said"), 2),
    ("unknown %", ("unknown",), 2),
    ("sedentary right %", ("sedentary_precision",), 2),
    ("upright right %", ("upright_precision",), 2),
    ("standing %", ("standing_called_sedentary",), 2),
    ("ECE", ("calibration_error",), 3),
    ("AUROC", ("auroc",), 3),
)
"""Columns of the table of people left out: head, figures, decimals."""


def _left_out(ways: Figures) -> Iterator[str]:
    yield "**People left out of the training (a ninth of them at a time), beside the same with everybody known**"
    yield ""
    yield "| seconds | people | " + " | ".join(head for head, _, _ in LEFT_OUT) + " |"
    yield "| --- | --- |" + " --- |" * len(LEFT_OUT)
    for scope in SCOPES:
        for way in ("unseen", "known"):
            if scope in ways[way]:
                found = ways[way][scope]
                cells = [" / ".join(_figure(found[name], digits) for name in names) for _, names, digits in LEFT_OUT]
                yield f"| {scope} | {'left out' if way == 'unseen' else 'known'} | " + " | ".join(cells) + " |"
    yield ""


def _figure(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:.{digits}f}"


def _commands(measured: list[Figures], unseen: list[Figures]) -> Iterator[str]:
    yield "```sh"
    for one in measured:
        options = "".join(f" --rotate {seed}" for seed in one["rotate"])
        options += f" --days {one['days']}" if one["days"] else ""
        options += f" --compare {one['compare']}" if one["compare"] else ""
        for name in one["placements"]:
            yield f"sitbreak evaluate DATA --placement {name}{options} --json {name}.json"
    for one in unseen:
        for name in one["unseen"]:
            yield f"python benchmarks/unseen.py DATA --placement {name} --json unseen_{name}.json"
    names = " ".join(
        [f"{name}.json" for one in measured for name in one["placements"]]
        + [f"unseen_{name}.json" for one in unseen for name in one["unseen"]]
    )
    yield f"python benchmarks/accuracy_page.py {names} > docs/accuracy.md"
    yield "```"
    yield ""


WEAK = (
    ("thigh", "before_walk.unknown", "unknown before the first 20 s of walking"),
    ("thigh", "remounted.standing_called_sedentary", "standing called sedentary after a silent re-mounting"),
    ("pocket", "all.unknown", "unknown: a phone in a pocket moves too much"),
    ("pocket", "shuffled.sensitivity", "sitting found, takes shuffled; unknown counts as missed"),
    ("waist", "all.standing_called_sedentary", "standing called sedentary"),
    ("waist", "shuffled.standing_called_sedentary", "standing called sedentary, takes shuffled"),
    ("waist", "taught.transition_precision", "transitions said that are right"),
    ("lower_back", "remounted.specificity", "upright found after a silent re-mounting"),
    ("lower_back", "shuffled.standing_called_sedentary", "standing called sedentary, takes shuffled"),
    ("lower_back", "taught.transition_precision", "transitions said that are right"),
    ("chest", "shuffled.sensitivity", "sitting found, takes shuffled; unknown counts as missed"),
    ("chest", "all.unknown", "unknown"),
    ("chest", "before_walk.right_of_said", "right of what it says before the first walk"),
    ("wrist", "shuffled.sensitivity", "sitting found, takes shuffled; unknown counts as missed"),
    ("wrist", "all.bouts_whole", "bouts of 2 min and more found whole"),
)
"""What no aim asks for and a user should know: placement, figure, words."""


def _weak(placements: dict[str, Figures]) -> Iterator[str]:
    met, misses = 0, []
    for aim in sorted(AIMS, key=lambda aim: list(PLACEMENTS).index(aim.placement)):
        values = aim.values(placements)
        missed = [value for value in values if aim.missed(value)]
        met += bool(values) and not missed
        if missed:
            word = "at least" if aim.at_least else "at most"
            found = ", ".join("nothing to count" if value is None else f"{value:.4g}" for value in missed)
            misses.append(f"- **{aim.placement}**: {aim.words}: {found} ({word} {aim.bound:g})")
    yield "## What is weak"
    yield ""
    if misses:
        yield "Of what a release aims at, this one misses (all people and orientations; unknown counts as wrong):"
        yield ""
        yield from misses
        yield ""
        yield f"It reaches the other {met}."
    else:
        yield f"It reaches all {met} figures that a release aims at. Weak all the same, in percent:"
        yield ""
        for placement, figure, words in WEAK:
            for value in Aim(placement, figure, 0.0, True, words).values(placements):
                yield f"- **{placement}**: {words}: {'nothing to count' if value is None else f'{value:.1f}'}"
    yield ""
    yield UNSEEN
    yield ""
    yield HELD_OUT
    yield ""


def _scopes() -> Iterator[str]:
    yield "## Definitions"
    yield ""
    yield "| seconds | which |"
    yield "| --- | --- |"
    for name, words in SCOPES.items():
        yield f"| {name} | {words} |"
    yield ""


def _definitions() -> Iterator[str]:
    for title, module in CHAPTERS:
        yield f"### {title}"
        yield ""
        yield (module.__doc__ or "").strip().replace("``", "`")
        yield ""


def _data_sets(measured: list[Figures]) -> Iterator[str]:
    yield "## Data sets"
    yield ""
    yield "The recordings are public and not part of this project; they keep the licences of their authors."
    known = {name: about for one in measured for name, about in one["data_sets"].items()}
    for name, about in sorted(known.items()):
        yield ""
        yield f"- **{name}**: {about.get('title', name)}. {about.get('device', '')}. {about.get('citation', '')}."
        yield f"  Licence: {about.get('licence', 'not known')}."


def main() -> None:
    """Print the page."""
    parser = argparse.ArgumentParser(description="docs/accuracy.md from the JSON of sitbreak evaluate.")
    parser.add_argument("figures", type=Path, nargs="+", help="files written by sitbreak evaluate --json and unseen.py")
    read = [json.loads(path.read_text(encoding="utf-8")) for path in parser.parse_args().figures]
    measured, unseen = [one for one in read if "unseen" not in one], [one for one in read if "unseen" in one]
    print("\n".join(page(measured, unseen)))


if __name__ == "__main__":
    main()
