"""The buzzer: one alert at a time, stale ones forgotten, the wearer's press counted once."""

from __future__ import annotations

from firmware_sim.profiles.deskband_alert import Buzzer, Happening
from firmware_sim.profiles.deskband_codec import Alert, AlertEvent, AlertKind

S = 1_000_000
HAPTIC = 0x01


def alert(alert_id: int, kind: int = AlertKind.STAND_UP, channels: int = HAPTIC, life_s: int = 120) -> Alert:
    return Alert(kind, channels=channels, repeats=3, on_ms=250, off_ms=150, alert_id=alert_id, time_to_live_s=life_s)


def told(happenings: list[Happening]) -> list[tuple[AlertEvent, int, int]]:
    return [(one.event, one.alert.alert_id, one.device_us) for one in happenings]


def test_an_alert_starts_at_once_and_finishes_after_its_pattern() -> None:
    buzzer = Buzzer(HAPTIC)
    assert told(buzzer.write(alert(1), 10 * S)) == [(AlertEvent.STARTED, 1, 10 * S)]
    assert buzzer.tick(11 * S) == []
    assert told(buzzer.tick(60 * S)) == [(AlertEvent.FINISHED, 1, 11_200_000)]


def test_a_second_alert_waits_for_the_first() -> None:
    buzzer = Buzzer(HAPTIC)
    buzzer.write(alert(1), 0)
    assert buzzer.write(alert(2), 1) == []
    assert told(buzzer.tick(5 * S)) == [
        (AlertEvent.FINISHED, 1, 1_200_000),
        (AlertEvent.STARTED, 2, 1_200_000),
        (AlertEvent.FINISHED, 2, 2_400_000),
    ]


def test_an_alert_that_waited_longer_than_its_life_is_forgotten() -> None:
    buzzer = Buzzer(HAPTIC)
    buzzer.write(alert(1), 0)
    buzzer.write(alert(2, life_s=1), 1)
    assert told(buzzer.tick(5 * S)) == [(AlertEvent.FINISHED, 1, 1_200_000)]


def test_stop_ends_the_running_alert_and_those_that_wait() -> None:
    buzzer = Buzzer(HAPTIC)
    buzzer.write(alert(1), 0)
    buzzer.write(alert(2), 1)
    assert told(buzzer.write(Alert(AlertKind.STOP), S)) == [(AlertEvent.FINISHED, 1, S)]
    assert buzzer.tick(9 * S) == []


def test_an_unknown_kind_or_a_channel_it_lacks_is_refused() -> None:
    buzzer = Buzzer(HAPTIC)
    assert told(buzzer.write(alert(1, kind=6), 0)) == [(AlertEvent.REFUSED, 1, 0)]
    assert told(buzzer.write(alert(2, channels=0x08), 0)) == [(AlertEvent.REFUSED, 2, 0)]


def test_a_press_stops_the_buzzing_and_answers_once() -> None:
    buzzer = Buzzer(HAPTIC)
    buzzer.write(alert(7), 0)
    assert told(buzzer.answer(S, AlertEvent.ACKNOWLEDGED)) == [
        (AlertEvent.ACKNOWLEDGED, 7, S),
        (AlertEvent.FINISHED, 7, S),
    ]
    assert buzzer.answer(2 * S, AlertEvent.ACKNOWLEDGED) == []


def test_a_press_after_the_buzzing_still_answers_for_ten_minutes() -> None:
    buzzer = Buzzer(HAPTIC)
    buzzer.write(alert(7), 0)
    buzzer.tick(2 * S)
    assert told(buzzer.answer(500 * S, AlertEvent.SNOOZED)) == [(AlertEvent.SNOOZED, 7, 500 * S)]
    buzzer.write(alert(8), 600 * S)
    buzzer.tick(700 * S)
    assert buzzer.answer(1300 * S, AlertEvent.SNOOZED) == []
