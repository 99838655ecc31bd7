"""The figures: what counts as lost, as a reconnect, and as the latency of an alert."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.diagnostics import AWAITED_KEPT, LATENCIES_KEPT, LOSS_MINUTES, Meter, percentile
from monitor.model import AccelBlock, LinkEvent, LinkState, PacketRefused, Quality
from tests.support.living_outlet import break_due

STREAMING = LinkEvent(LinkState.STREAMING, 0.0)
LOST = LinkEvent(LinkState.LOST, 0.0)


def block(
    first: int | None, count: int = 25, at_s: float | None = None, gap_s: float | None = None, **more: object
) -> AccelBlock:
    start_s = at_s if at_s is not None else (first or 0) / 25
    t_s = start_s + np.arange(count) / 25
    rest = np.zeros((count, 3), np.float32)
    return AccelBlock(t_s, rest, 25.0, first_index=first, gap_before_s=gap_s, **{"segment": 1, **more})  # type: ignore[arg-type]


def loss_pct(*facts: AccelBlock | LinkEvent, now_s: float = 10.0) -> float | None:
    meter = Meter()
    meter.heard([STREAMING, *facts])
    return meter.read(now_s, 0).packet_loss_pct


def test_a_hole_in_the_wearables_own_count_is_lost() -> None:
    assert loss_pct(block(0), block(25), block(75)) == pytest.approx(25.0)


def test_a_gap_that_the_driver_knows_is_lost() -> None:
    assert loss_pct(block(None, at_s=0.0), block(None, at_s=2.0, gap_s=1.0)) == pytest.approx(100 / 3)


def test_what_an_absent_link_kept_away_is_a_reconnect_and_no_loss() -> None:
    meter = Meter()
    meter.heard([STREAMING, block(0), LOST, STREAMING, block(5000, at_s=200.0, gap_s=199.0), block(5025)])
    found = meter.read(202.0, 0)
    assert (found.reconnects, found.packet_loss_pct) == (1, 0.0)


def test_the_first_stream_is_no_reconnect() -> None:
    meter = Meter()
    meter.heard([STREAMING])
    assert meter.read(0.0, 0).reconnects == 0


def test_samples_fetched_later_do_not_count_twice_and_silence_that_is_legal_is_no_loss() -> None:
    replayed = block(25, gap_s=0.0, quality=Quality.REPLAYED)
    assert loss_pct(block(0), block(50), replayed, block(75)) == pytest.approx(25.0)
    assert loss_pct(block(None, at_s=9.0, gap_s=8.0, quality=Quality.CHANGE_ONLY)) is None


def test_another_segment_counts_anew() -> None:
    assert loss_pct(block(0), block(900, segment=2)) == 0.0


def test_nothing_is_known_before_the_first_sample() -> None:
    found = Meter().read(0.0, None)
    assert (found.packet_loss_pct, found.latency_p50_s, found.latency_p95_s, found.outbox) == (None, None, None, None)


def test_losses_are_those_of_the_last_hour_and_memory_is_bounded() -> None:
    meter = Meter()
    meter.heard([STREAMING, block(0), block(50)])
    assert meter.read(60.0, 0).packet_loss_pct == pytest.approx(100 / 3)
    assert meter.read(7200.0, 0).packet_loss_pct is None
    for minute in range(1, 300):
        meter.heard([block(None, at_s=60.0 * minute, gap_s=0.0)])
    assert meter.read(300 * 60.0, 0).packet_loss_pct == 0.0
    assert len(meter._minutes) <= LOSS_MINUTES


def test_packets_that_made_no_sense_are_counted() -> None:
    meter = Meter()
    meter.heard([PacketRefused(0.0, "short"), PacketRefused(1.0, "short")])
    assert meter.read(2.0, 0).refused_packets == 2


def test_the_latency_is_from_the_deciding_sample_to_the_brokers_word() -> None:
    meter = Meter()
    call = break_due(1000.0)
    meter.decided([call])
    assert meter.read(1001.0, 1).alerts_measured == 0
    meter.acknowledged(call.id, 1003.5)
    meter.acknowledged(call.id, 1009.0)  # a repeat is no second alert
    found = meter.read(1010.0, 0)
    assert (found.latency_p50_s, found.latency_p95_s, found.alerts_measured) == (3.5, 3.5, 1)


def test_an_alert_of_an_earlier_run_is_not_measured_and_alerts_that_nobody_takes_are_forgotten() -> None:
    meter = Meter()
    meter.acknowledged("of another run", 5.0)
    for number in range(500):
        meter.decided([break_due(1000.0 + number)])
    assert len(meter._awaited) == AWAITED_KEPT
    for number in range(500):
        call = break_due(3000.0 + number)
        meter.decided([call])
        meter.acknowledged(call.id, call.at_s + 1.0)
    assert meter.read(0.0, 0).alerts_measured == len(meter._latencies_s) == LATENCIES_KEPT


@given(st.lists(st.floats(0, 1e4), min_size=1), st.floats(0.01, 1.0))
def test_a_percentile_is_the_smallest_value_that_so_large_a_share_does_not_exceed(
    values: list[float], share: float
) -> None:
    found = percentile(values, share)
    assert found in values
    assert sum(value <= found for value in values) >= share * len(values) - 1e-9
    assert sum(value < found for value in values) < share * len(values) + 1e-9


def test_percentiles_of_a_known_list() -> None:
    values = [float(number) for number in range(1, 21)]
    assert (percentile(values, 0.5), percentile(values, 0.95)) == (10.0, 19.0)
    assert percentile([], 0.5) is None
