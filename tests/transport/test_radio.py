from __future__ import annotations

import sys

import pytest
from bleak import BleakScanner

from monitor.rules import FaultsError, check, keys
from monitor.transport.radio import RADIO_FAULTS, Radio, RadioError, RadioRules

AUTO = RadioRules()


def test_every_setting_is_described() -> None:
    assert all(field.description for field in keys(RadioRules).values())


@pytest.mark.parametrize("backend", ["", "bumble", "bumble:", "bluez"])
def test_an_unknown_backend_is_refused(backend: str) -> None:
    with pytest.raises(FaultsError):
        check(RadioRules, {"backend": backend})


def test_plain_bleak_gets_no_keywords_but_the_adapter() -> None:
    assert Radio(AUTO).scanner_keywords() == Radio(AUTO).client_keywords() == {}
    chosen = Radio(RadioRules(adapter="hci1"))
    assert chosen.scanner_keywords() == chosen.client_keywords() == {"bluez": {"adapter": "hci1"}}


async def test_an_air_that_is_not_there_names_the_backend() -> None:
    radio = Radio(RadioRules(backend="bumble:tcp-client:127.0.0.1:1"))
    with pytest.raises(RADIO_FAULTS) as fault:
        await BleakScanner.discover(0.1, **radio.scanner_keywords())
    error = radio.explain(fault.value)
    assert "bumble:tcp-client:127.0.0.1:1" in error.problem
    assert "firmware-sim --serve" in error.remedy
    await radio.close()


@pytest.mark.parametrize("transport", ["nonsense", "tcp-client:nowhere", "usb:99", "serial:/dev/nothing"])
async def test_a_transport_that_cannot_be_opened_is_a_radio_fault(transport: str) -> None:
    radio = Radio(RadioRules(backend=f"bumble:{transport}"))
    with pytest.raises(RADIO_FAULTS):
        await BleakScanner.discover(0.1, **radio.scanner_keywords())
    await radio.close()


def test_a_missing_extra_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    import monitor.transport

    monkeypatch.delattr(monitor.transport, "bumble_host", raising=False)
    monkeypatch.setitem(sys.modules, "monitor.transport.bumble_host", None)
    with pytest.raises(RadioError, match=r'pip install "sitbreak\[sim\]"'):
        Radio(RadioRules(backend="bumble:usb:0"))
