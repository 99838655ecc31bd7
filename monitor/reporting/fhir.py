"""The books as a FHIR R4 bundle of Observations (pure).

A LOINC code stands only where LOINC has one that means just this; elsewhere the code is its text alone. Not coded so:
41950-7, "Number of steps in 24 hour", because steps are counted in breaks only. (hl7.org/fhir/R4/observation.html;
loinc.org; the value sets of hl7.org/fhir/us/physical-activity.)
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Any

from monitor import __version__
from monitor.history.day import BoutRow, BreakRow, DayBooks, SeenRow
from monitor.reporting.account import usual_s
from monitor.reporting.figures import DayFigures

SEDENTARY_DAY = ("87705-0", "Sedentary activity 24 hour")
STEPS = ("55423-8", "Number of steps in unspecified time Pedometer")
EXERCISE = ("73985-4", "Exercise activity")
EXERCISE_DURATION = ("55411-3", "Exercise duration")
_LOINC, _UCUM = "http://loinc.org", "http://unitsofmeasure.org"
_ACTIVITY = {"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "activity"}
_NAMES = uuid.UUID("4d1f2f0e-6c58-5d55-9b0a-1b0f5e2f7a11")
"""Of this program's resources: the same record has the same id in each export."""

Resource = dict[str, Any]


def bundle(
    days: Sequence[tuple[DayBooks, DayFigures]], records: Sequence[DayBooks], now_s: float, zone: tzinfo
) -> Resource:
    """All of it: an Observation a day, a bout, a break and an exercise seen.

    Parameters
    ----------
    days : each person's days with their figures.
    records : each person's books of the whole time, so that nothing is cut at midnight.
    now_s, zone : when the bundle is made, and where.
    """
    found = [*(_day(books, figures) for books, figures in days if figures.totals.worn_s)]
    for books in records:
        found += [_bout(books, each) for each in books.bouts]
        found += [_break(books, each) for each in books.breaks if each.taken]
        found += [_exercise(books, each) for each in books.seen]
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": _moment(now_s, zone),
        "entry": [{"fullUrl": f"urn:uuid:{each['id']}", "resource": each} for each in found],
    }


def _day(books: DayBooks, figures: DayFigures) -> Resource:
    running = figures.state == "running"
    end_s = max((each.end_s for each in books.records), default=books.end_s) if running else books.end_s
    observation = _observation(books, f"day {figures.date}", _coded(SEDENTARY_DAY), books.start_s, end_s)
    usual = usual_s(bout.sedentary_s for bout in books.bouts)
    parts = [_component("Wear time", _quantity(figures.totals.worn_s / 3600, "h"))]
    if usual is not None and figures.longest_s is not None:
        parts.append(_component("Usual sedentary bout duration (W50)", _quantity(usual / 60, "min")))
        parts.append(_component("Longest sedentary bout", _quantity(figures.longest_s / 60, "min")))
    parts.append(_component("Breaks of sedentary time", _quantity(figures.breaks, "{count}", "breaks")))
    return observation | {
        "status": "preliminary" if running else "final",
        **_quantity(figures.totals.sedentary_s / 3600, "h/d", "hours per day"),
        "component": parts,
    }


def _bout(books: DayBooks, bout: BoutRow) -> Resource:
    observation = _observation(books, bout.id, {"text": "Sedentary bout"}, bout.start_s, bout.end_s)
    status = "preliminary" if bout.ended_by is None else "amended" if bout.corrected else "final"
    return observation | {"status": status, **_quantity(bout.sedentary_s / 60, "min")}


def _break(books: DayBooks, each: BreakRow) -> Resource:
    code = {"text": "Break of sedentary time, upright"}
    observation = _observation(books, each.id, code, each.start_s, each.end_s)
    walking = _component("Walking", _quantity(each.stepping_s / 60, "min"))
    steps = {"code": _coded(STEPS), **_quantity(each.steps, "{steps}", "steps")}
    status = "amended" if each.corrected else "final"
    return observation | {"status": status, **_quantity(each.upright_s / 60, "min"), "component": [walking, steps]}


def _exercise(books: DayBooks, seen: SeenRow) -> Resource:
    observation = _observation(books, seen.id, _coded(EXERCISE), seen.start_s, seen.end_s)
    length = _quantity((seen.end_s - seen.start_s) / 60, "min")
    parts = [{"code": _coded(EXERCISE_DURATION), **length}]
    if seen.seen == "repetitions":
        parts.append(
            _component("Repetitions counted by the sensor", _quantity(seen.repetitions, "{count}", "repetitions"))
        )
    elif seen.seen == "hold":
        parts.append(_component("Hold measured by the sensor", _quantity(seen.hold_s, "s")))
    verified = "seen by the sensor" if seen.seen in ("repetitions", "hold") else "timed, not verified"
    note = [{"text": verified}]
    return observation | {"valueCodeableConcept": {"text": seen.title}, "component": parts, "note": note}


def _observation(books: DayBooks, record: str, code: Resource, start_s: float, end_s: float) -> Resource:
    return {
        "resourceType": "Observation",
        "id": str(uuid.uuid5(_NAMES, f"{books.wearer}\x1f{record}")),
        "status": "final",
        "category": [{"coding": [_ACTIVITY]}],
        "code": code,
        "subject": {"display": books.wearer},
        "effectivePeriod": {"start": _moment(start_s, books.zone), "end": _moment(end_s, books.zone)},
        "method": {"text": "Worn accelerometer"},
        "device": {"display": f"sitbreak {__version__}"},
    }


def _coded(code: tuple[str, str]) -> Resource:
    return {"coding": [{"system": _LOINC, "code": code[0], "display": code[1]}], "text": code[1]}


def _component(text: str, value: Resource) -> Resource:
    return {"code": {"text": text}, **value}


def _quantity(value: float, code: str, unit: str = "") -> Resource:
    return {"valueQuantity": {"value": round(value, 2), "unit": unit or code, "system": _UCUM, "code": code}}


def _moment(at_s: float, zone: tzinfo) -> str:
    return datetime.fromtimestamp(round(at_s), zone).isoformat()
