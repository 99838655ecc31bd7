"""Whatever a band, its radio and the program go through: every sample once, and nothing worse than a refusal."""

from __future__ import annotations

import copy
from contextlib import suppress

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from monitor.wearables.base import DecodeError, Outcome, Packet, Read
from monitor.wearables.deskband import DeskBand
from monitor.wearables.deskband_profile import codec
from monitor.wearables.standard import BATTERY_LEVEL
from tests.wearables.band import FakeBand
from tests.wearables.conversation import Conversation, delivered, talked, whole

EVENTS = st.lists(
    st.tuples(st.sampled_from(["live", "lose", "repeat", "away", "reboot", "crash", "restart"]), st.integers(1, 40)),
    max_size=14,
)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.generate],
)
@given(events=EVENTS, seed=st.integers(0, 99), payload=st.sampled_from([20, 128, 242]))
def test_whatever_happens_every_sample_comes_exactly_once(
    events: list[tuple[str, int]], seed: int, payload: int
) -> None:
    talk = Conversation(FakeBand(seed, payload=payload, drift=1e-4, rate_error=-0.02), jitter_s=0.3)
    talk.link()
    talk.live(5)
    for kind, amount in events:
        if kind == "live":
            talk.live(amount)
        elif kind == "lose":
            talk.band.lose = amount / 60
            talk.live(5)
        elif kind == "repeat":
            talk.band.repeat = 1 + amount % 3
        elif kind == "crash":
            memory = talk.crash()
            talk.band.pass_time(talk.band.now_s + amount)
            talk.link(memory)
        elif kind == "restart":
            talk.band._begin(talk.band.current.session + 1, talk.band.current.boot_s)
            talk.live(amount / 10)
        else:
            talk.lose_link(amount)
            if kind == "reboot":
                talk.band.boot()
                talk.band.pass_time(talk.band.now_s + amount)
            talk.link()
    talk.band.lose, talk.band.repeat = 0.0, 1
    talk.live(200)
    while talk.driver.memory.backfill.holes and talk.band.now_s < 1.8e9 + 5000:
        talk.live(100)
    talk.check()
    assert not talk.driver.memory.backfill.holes
    assert all(closed.filled for closed in talk.closed())
    first = min(talk.samples())
    for session in talk.band.sessions:
        indices = delivered(talk, session.session)
        assert indices or session.made == 0
        start = indices[0] if session.session == first and indices else 0
        stop = session.made if session is not talk.band.current else session.sent
        assert indices == list(range(start, stop))


@settings(max_examples=300, deadline=None)
@given(
    characteristic=st.sampled_from([codec.CONTROL, codec.LIVE, codec.REPLAY, codec.STATUS, codec.ALERT, "nowhere"]),
    data=st.binary(max_size=60),
    head=st.sampled_from([b"", b"\x10\x00\x07\x00", b"\x11\x01\x07\x00", b"\x81", b"\x83", b"\xc3", b"\x8b", b"\x87"]),
)
def test_no_bytes_from_the_air_raise_anything_but_decode_error(characteristic: str, data: bytes, head: bytes) -> None:
    driver = copy.deepcopy(_TALKED.driver)
    with suppress(DecodeError):
        driver.receive(Packet(characteristic, head + data, _TALKED.band.now_s))
    driver.tick(_TALKED.band.now_s + 1)
    driver.resume()


@settings(max_examples=100, deadline=None)
@given(characteristic=st.sampled_from([codec.INFO, codec.STATUS, BATTERY_LEVEL]), value=st.binary(max_size=30))
def test_no_bytes_that_were_read_raise_anything(characteristic: str, value: bytes) -> None:
    driver = DeskBand()
    driver.start(None, 1.8e9)
    driver.done(Read(characteristic), Outcome(1.8e9, 1.8e9, value))


@settings(max_examples=60, deadline=None)
@given(cut=st.integers(0, 400))
def test_a_crash_after_any_fact_loses_nothing_and_doubles_nothing(cut: int) -> None:
    """The memory is that of the facts delivered so far, wherever the program dies."""
    talk = Conversation(FakeBand(seed=3, lose=0.2))
    talk.link()
    talk.live(10)
    talk.lose_link(30)
    talk.link()
    for _ in range(cut):
        talk.band.pass_time(talk.band.now_s + 0.25)
        if talk.band.out:
            characteristic, data = talk.band.out.pop(0)
            talk._take(talk.driver.receive(Packet(characteristic, data, talk.band.now_s)))
        elif talk._queue:
            talk._perform(talk._queue.pop(0))
    talk.link(talk.crash())
    talk.band.lose = 0.0
    talk.live(60)
    talk.check()
    assert whole(talk, 7)


_TALKED = talked(20)
_TALKED.lose_link(60)
_TALKED.link()
_TALKED.band.replay_per_step = 1
_TALKED.live(2)
