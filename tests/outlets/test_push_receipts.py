"""What became of every push: kept by service, and told without secrets."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.events import DaySummary, TestAlert
from monitor.history.receipts import latest_of
from monitor.outlets.receipts import Outcome
from tests.support.phones import Ntfy, due, home, over, secrets_in
from tests.support.receiver import Receiver

pytestmark = pytest.mark.usefixtures("impatient")


async def test_each_service_says_for_itself_whether_it_took_the_call(path: Path) -> None:
    async with Receiver() as well, Receiver() as strict, Receiver() as ill, Receiver() as silent, Receiver() as gone:
        down = gone.address
        strict.answers.append(403)
        ill.answers.extend([500] * 99)
        silent.answers.extend([0] * 99)
        await gone.__aexit__()
        urls = (well.address, strict.address, ill.address, silent.address, down)
        async with home(path, *urls, timeout_s=1) as daemon:
            await daemon.tell(due(expires_s=time.time() + 2))
            kept = await daemon.receipt("me", Outcome.ACCEPTED, Outcome.REFUSED, *[Outcome.FAILED] * 3)
    said = [
        (kept[f"JSON (push address {number})"].outcome, kept[f"JSON (push address {number})"].reason)
        for number in range(1, 6)
    ]
    assert said == [
        (Outcome.ACCEPTED, ""),
        (Outcome.REFUSED, "http:403"),
        (Outcome.FAILED, "http:500"),
        (Outcome.FAILED, "busy"),
        (Outcome.FAILED, "unreachable"),
    ]
    assert kept["JSON (push address 2)"].attempts == 1
    assert kept["JSON (push address 3)"].attempts > 1
    assert not secrets_in(path)


async def test_what_fails_now_is_told_while_it_is_still_tried_and_mended_when_it_gets_through(path: Path) -> None:
    async with Receiver() as receiver, home(path, receiver.address) as daemon:
        receiver.answers.extend([503] * 4)
        await daemon.tell(due())
        (trying,) = (await daemon.receipt("me", Outcome.TRYING)).values()
        assert (trying.reason, latest_of(path, "me")[0].outcome) == ("http:503", Outcome.TRYING)
        (kept,) = (await daemon.receipt("me", Outcome.ACCEPTED)).values()
        assert kept.attempts == 5


async def test_after_a_crash_only_those_are_asked_who_have_not_answered(path: Path) -> None:
    async with Receiver() as quick, Receiver() as slow:
        urls, alert = (quick.address, slow.address), due(ago_s=1)
        async with home(path, *urls) as daemon:
            slow.answers.extend([503] * 999)
            await daemon.tell(alert, alert_id=alert.alert_id)
            await daemon.receipt("me", Outcome.ACCEPTED, Outcome.TRYING)
        slow.answers.clear()
        async with home(path, *urls) as daemon:
            await daemon.tell(alert_id=alert.alert_id)
            await daemon.receipt("me", Outcome.ACCEPTED, Outcome.ACCEPTED)
        assert (len(quick.pushes), len(slow.pushes)) == (1, 1)


async def test_receipts_of_two_people_are_kept_apart_and_each_hears_only_what_is_theirs(path: Path) -> None:
    async with Ntfy() as adas, Ntfy() as bobs:
        urls = (f"ada={adas.address}", f"bob={bobs.address}")
        async with home(path, *urls, wearers=("ada", "bob")) as daemon:
            bobs.answers.append(401)
            one, two = due(message="For Ada."), due(ago_s=1, message="For Bob.")
            await daemon.tell(one, wearer="ada", alert_id=one.alert_id)
            await daemon.tell(two, wearer="bob", alert_id=two.alert_id)
            assert list(await daemon.receipt("ada", Outcome.ACCEPTED)) == ["ntfy (push address 1)"]
            assert list(await daemon.receipt("bob", Outcome.REFUSED)) == ["ntfy (push address 2)"]
            assert [body["message"] for body in adas.pushes] == ["For Ada."]
            assert (bobs.pushes, bobs.asked) == ([], 1)
            await daemon.tell(over(two), wearer="bob")
            await daemon.tell(wearer="bob")
            assert not adas.of("DELETE")  # Bob's break is not Ada's
            await daemon.tell(over(one), wearer="ada")
            await adas.until(2, asked=True)
            assert (adas.of("DELETE"), bobs.asked) == (["/hushhush/msg1"], 1)


async def test_the_days_account_is_pushed_once_and_not_hours_late(path: Path) -> None:
    day = DaySummary(
        id="s", at_s=time.time(), date="", until="18:00", sedentary_min=60.0, longest_min=30.0, breaks=1, alerts=0
    )
    async with Receiver() as receiver, home(path, receiver.address) as daemon:
        await daemon.tell(day)
        await receiver.until(1)
        await daemon.receipt("me", Outcome.ACCEPTED)
        await daemon.tell(day)  # as after a crash between the hour and the next checkpoint
        await daemon.tell(replace(day, id="late", at_s=time.time() - 3 * 3600))
        test = TestAlert(id="t", at_s=time.time(), title="Test", message="M", exercise=None)
        await daemon.tell(test)
        await receiver.until(2)
        assert [body["title"] for body in receiver.pushes] == ["Your day so far", "Test"]


async def test_the_days_account_is_pushed_in_the_wearers_language(path: Path) -> None:
    async with Receiver() as receiver, home(path, receiver.address, wearers=("me", "bob")) as daemon:
        for number, wearer in enumerate(("me", "bob")):
            day = DaySummary(
                id=f"s{number}",
                at_s=time.time(),
                date="2026-11-22",
                until="18:00",
                sedentary_min=372.4,
                longest_min=47.0,
                breaks=9,
                alerts=4,
            )
            await daemon.tell(day, wearer=wearer)
            await receiver.until(number + 1)
    assert [(body["title"], body["message"]) for body in receiver.pushes] == [
        ("Your day so far", "Today until 18:00: 6 hours 12 minutes of sitting, 47 minutes at the longest, 9 breaks."),
        ("Ihr Tag bis jetzt", "Heute bis 18:00: 6 Stunden 12 Minuten gesessen, am längsten 47 Minuten, 9 Pausen."),
    ]
