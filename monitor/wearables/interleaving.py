"""Times of samples that come later than their neighbours: between them, by the device clock where it is known."""

from __future__ import annotations

import numpy as np

from monitor.model import Floats
from monitor.wearables.sample_clock import LEAST_STEP, Anchor


def interleave(
    first_index: int,
    count: int,
    device_us: Floats | None,
    before: Anchor | None,
    after: Anchor | None,
    period_s: float,
    pace: float,
) -> Floats:
    """Times of samples that come later than their neighbours.

    Between two anchors on the device clock the times follow that clock, scaled to meet both; beside one anchor they run
    at ``pace``; without stamps they follow the index. In any case they lie strictly between the anchors and leave room
    for the samples still missing there.

    Parameters
    ----------
    first_index, count : which samples.
    device_us : (count,) device microseconds of the samples, where the block was stamped.
    before, after : the nearest delivered samples, or limits; at least one is given.
    period_s, pace : stream seconds a sample and a device second.

    Returns
    -------
    (count,) stream times, strictly increasing.
    """
    index = np.arange(first_index, first_index + count, dtype=np.float64)
    wanted = _by_device_clock(device_us, before, after, pace)
    if wanted is None:
        wanted = _by_index(index, before, after, period_s)
    if before is not None and after is not None and _runs_over(index, wanted, before, after):
        wanted = _evenly(index, before, after)
    return _squeezed(index, wanted, before, after, period_s)


def _by_device_clock(
    device_us: Floats | None, before: Anchor | None, after: Anchor | None, pace: float
) -> Floats | None:
    start_us = before.device_us if before is not None else None
    end_us = after.device_us if after is not None else None
    if device_us is None:
        return None
    if before is not None and after is not None and start_us is not None and end_us is not None and end_us > start_us:
        return before.at_s + (device_us - start_us) * ((after.at_s - before.at_s) / (end_us - start_us))
    if before is not None and start_us is not None:
        return before.at_s + (device_us - start_us) * 1e-6 * pace
    if after is not None and end_us is not None:
        return after.at_s - (end_us - device_us) * 1e-6 * pace
    return None


def _by_index(index: Floats, before: Anchor | None, after: Anchor | None, period_s: float) -> Floats:
    limit_only = after is None or (after.device_us is None and before is not None)
    if before is not None and limit_only:
        return before.at_s + (index - before.index) * period_s
    if after is None:
        raise ValueError("samples need a neighbour in time")
    if before is None or before.device_us is None:
        return after.at_s - (after.index - index) * period_s
    return _evenly(index, before, after)


def _evenly(index: Floats, before: Anchor, after: Anchor) -> Floats:
    return before.at_s + (index - before.index) * ((after.at_s - before.at_s) / (after.index - before.index))


def _runs_over(index: Floats, wanted: Floats, before: Anchor, after: Anchor) -> bool:
    """True where going on at this pace would not leave the room that the samples still missing need.

    Block by block, each would take its wish and the last would find nothing left: better all share evenly.
    """
    span = after.index - before.index
    if after.device_us is None:
        return bool((wanted[-1] - before.at_s) / (index[-1] - before.index) * span > after.at_s - before.at_s)
    if before.device_us is None:
        return bool((after.at_s - wanted[0]) / (after.index - index[0]) * span > after.at_s - before.at_s)
    return False


def _squeezed(index: Floats, wanted: Floats, before: Anchor | None, after: Anchor | None, period_s: float) -> Floats:
    """``wanted`` moved and scaled as little as needed to keep every sample its least step."""
    step_s = period_s
    if before is not None and after is not None:
        step_s = (after.at_s - before.at_s) / (after.index - before.index)
    least_s = LEAST_STEP * step_s
    lowest = -np.inf if before is None else before.at_s + least_s * (index[0] - before.index)
    highest = np.inf if after is None else after.at_s - least_s * (after.index - index[-1])
    first_s = min(max(float(wanted[0]), lowest), highest - least_s * (len(index) - 1))
    last_s = max(min(float(wanted[-1]), highest), first_s + least_s * (len(index) - 1))
    if len(index) == 1 or (first_s == wanted[0] and last_s == wanted[-1]):
        return wanted if len(index) > 1 else np.array([first_s])
    squeezed: Floats = first_s + (last_s - first_s) * ((index - index[0]) / (index[-1] - index[0]))
    return squeezed
