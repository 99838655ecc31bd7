"""What is shown of the figures: one sheet a question, in rows of text, for terminal and page alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from monitor.evaluation.campaign import POOLED

Group = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table: a title, the heads of its columns, its rows."""

    title: str
    heads: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]


def sheets(groups: dict[str, Group]) -> Iterator[Sheet]:
    """Every table of one placement that has rows."""
    for sheet in (
        _seconds(groups),
        _peer(groups),
        _worst(groups),
        _before_walk(groups),
        _spoken(groups),
        _changes(groups),
        _alerts(groups),
        _wear(groups),
        _invariants(groups),
        _confidence(groups),
        _reliability(groups),
    ):
        if sheet.rows:
            yield sheet


def number(value: float | None, digits: int = 2) -> str:
    """A figure, or a dash where there was nothing to count."""
    return "-" if value is None else f"{value:.{digits}f}"


def pair(first: float | None, second: float | None) -> str:
    """Two figures that belong together."""
    return f"{number(first)} / {number(second)}"


def _scoped(groups: dict[str, Group], names: tuple[str, ...]) -> Iterator[tuple[str, str, Group]]:
    for data_set, group in groups.items():
        for scope in names:
            if scope in group:
                yield data_set, scope, group[scope]


def _seconds(groups: dict[str, Group]) -> Sheet:
    heads = (
        "data",
        "seconds",
        "sens / spec %",
        "balanced",
        "unknown left out",
        "unknown %",
        "standing %",
        "walking %",
        "cycling %",
    )
    rows = [
        (data_set, scope, *_seconds_row(one))
        for data_set, scope, one in _scoped(groups, ("all", "after_walk", "taught", "remounted", "shuffled", "days"))
    ]
    return Sheet(
        "Per second; unknown counts as wrong unless left out; standing, walking, cycling: called sedentary", heads, rows
    )


def _seconds_row(one: Group) -> tuple[str, ...]:
    return (
        pair(one["sensitivity"], one["specificity"]),
        number(one["balanced_accuracy"]),
        pair(one["sensitivity_said"], one["specificity_said"]),
        number(one["unknown"]),
        number(one["standing_called_sedentary"]),
        number(one["walking_called_sedentary"]),
        number(one["cycling_called_sedentary"]),
    )


def _peer(groups: dict[str, Group]) -> Sheet:
    heads = (
        "data",
        "seconds",
        "who",
        "sens / spec %",
        "worst person",
        "standing %",
        "walking %",
        "cycling %",
        "transitions %",
        "bouts whole %",
    )
    rows = [
        (data_set, scope, who, *_peer_row(one[scope]))
        for data_set, group in groups.items()
        for scope in ("after_walk", "taught")
        for who, one in (("sitbreak", group), ("acti-motus", group.get("actimotus", {})))
        if scope in one and "actimotus" in group
    ]
    return Sheet(
        "Beside acti-motus (told the axes, whole recording at once); transitions and worst person: two figures each",
        heads,
        rows,
    )


def _peer_row(one: Group) -> tuple[str, ...]:
    return (
        pair(one["sensitivity"], one["specificity"]),
        pair(one["worst_sensitivity"], one["worst_specificity"]),
        number(one["standing_called_sedentary"]),
        number(one["walking_called_sedentary"]),
        number(one["cycling_called_sedentary"]),
        pair(one["transition_recall"], one["transition_precision"]),
        number(one["bouts_whole"]),
    )


def _worst(groups: dict[str, Group]) -> Sheet:
    rows = [
        (
            scope,
            f"{number(one['worst_sensitivity'])} {one['worst_sensitivity_subject']}",
            f"{number(one['worst_specificity'])} {one['worst_specificity_subject']}",
        )
        for data_set, scope, one in _scoped(groups, ("after_walk", "taught", "remounted"))
        if data_set == POOLED
    ]
    return Sheet("Worst person with at least a minute of the class", ("seconds", "sensitivity", "specificity"), rows)


def _before_walk(groups: dict[str, Group]) -> Sheet:
    rows = [
        (data_set, number(None if one["unknown"] is None else 100.0 - one["unknown"]), number(one["right_of_said"]))
        for data_set, _, one in _scoped(groups, ("before_walk",))
    ]
    return Sheet("Before 20 s of walking, told nothing", ("data", "coverage %", "right of what it says %"), rows)


def _spoken(groups: dict[str, Group]) -> Sheet:
    heads = ("data", "seconds", "coverage %", "right %", "sedentary right %", "upright right %", "standing called so %")
    rows = [
        (
            data_set,
            scope,
            number(None if one["unknown"] is None else 100.0 - one["unknown"]),
            number(one["right_of_said"]),
            number(one["sedentary_precision"]),
            number(one["upright_precision"]),
            number(one["standing_called_sedentary"]),
        )
        for data_set, scope, one in _scoped(groups, ("all", "shuffled"))
    ]
    return Sheet("Where it speaks: how much of what it says is right", heads, rows)


def _changes(groups: dict[str, Group]) -> Sheet:
    heads = (
        "data",
        "seconds",
        "transitions",
        "recall / precision %",
        "bouts",
        "whole %",
        "start, end p95 s",
        "usual bout min",
        "error %",
    )
    rows = [
        (
            data_set,
            scope,
            str(one["transitions"]),
            pair(one["transition_recall"], one["transition_precision"]),
            str(one["bouts"]),
            number(one["bouts_whole"]),
            f"{number(one['bout_start_error_p95_s'], 1)}, {number(one['bout_end_error_p95_s'], 1)}",
            f"{_minutes(one['usual_bout_s'])}, said {_minutes(one['usual_bout_said_s'])}",
            number(one["usual_bout_error"]),
        )
        for data_set, scope, one in _scoped(groups, ("after_walk", "taught", "days"))
    ]
    return Sheet("Transitions within 5 s; bouts of 2 min and more found whole", heads, rows)


def _minutes(seconds: float | None) -> str:
    return number(None if seconds is None else seconds / 60.0)


def _alerts(groups: dict[str, Group]) -> Sheet:
    heads = (
        "data",
        "seconds",
        "limit min",
        "due",
        "missed",
        "judged",
        "false",
        "false per 40 h",
        "told p95 s",
        "books p95 s",
    )
    rows = [
        (
            data_set,
            scope,
            f"{float(limit_s) / 60.0:g}",
            *(str(alert[name]) for name in ("due", "missed", "judged", "false")),
            number(alert["false_per_40_h"]),
            number(alert["told_error_p95_s"]),
            number(alert["due_error_p95_s"]),
        )
        for data_set, scope, one in _scoped(groups, ("after_walk", "taught", "days"))
        if data_set == POOLED
        for limit_s, alert in one.get("alerts", {}).items()
    ]
    return Sheet("Alerts of the live path", heads, rows)


def _wear(groups: dict[str, Group]) -> Sheet:
    found = [(data_set, "sitbreak", group["wear"]) for data_set, group in groups.items()]
    found += [
        (name, "acti-motus", group["actimotus"]["wear"]) for name, group in groups.items() if "actimotus" in group
    ]
    rows = [
        (
            data_set,
            who,
            f"{number(one['flat_called_sedentary_min'], 1)} of {number(one['flat_min'], 1)}",
            number(one["worn_called_not_worn"]),
            f"{number(one['delay_mean_s'])}, {number(one['delay_max_s'])}",
        )
        for data_set, who, one in found
    ]
    heads = ("data", "who", "flat min called sitting", "worn called not worn %", "delay mean, max s")
    return Sheet("Off the body, and how late a second is decided", heads, rows)


def _invariants(groups: dict[str, Group]) -> Sheet:
    found = groups[POOLED]["invariants"]
    heads = ("rows", "differ when cut elsewhere or cut off", "postures that differ when the sensor is turned")
    row = tuple(str(found[name]) for name in ("rows", "recut_rows", "turned_rows"))
    return Sheet("What must not matter", heads, [row])


def _confidence(groups: dict[str, Group]) -> Sheet:
    rows = [
        (data_set, scope, number(one["calibration_error"], 3), number(one["auroc"], 3), str(one["wrong_s"]))
        for data_set, scope, one in _scoped(groups, ("all", "shuffled"))
    ]
    return Sheet(
        "Confidence: expected calibration error; does it tell right from wrong, of which there are few",
        ("data", "seconds", "ECE", "AUROC", "wrong s"),
        rows,
    )


def _reliability(groups: dict[str, Group]) -> Sheet:
    rows = [
        (number(mean, 3), number(right, 3), str(seconds))
        for mean, right, seconds in groups[POOLED]["all"]["reliability"]
    ]
    return Sheet("Reliability, all data", ("said", "right", "seconds"), rows)
