from __future__ import annotations

import asyncio
import io
import json
import sys
import tomllib
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import pytest
from bleak.backends.device import BLEDevice
from rich.console import Console

from firmware_sim.air import Air
from firmware_sim.clock import ScaledClock
from firmware_sim.peripheral import virtual_band
from monitor.cli.scan import advice, line_by_line, picture
from monitor.in_reach import Census, Neighbour, Survey, bars, kind_of
from monitor.settings.loading import load
from monitor.transport.scanner import Sighting
from monitor.wearables import WEARABLES
from tests.support.air import PebblePeripheral
from tests.support.teller import RUUVI, Teller, ruuvi

SERVICE = WEARABLES["deskband"].ADVERTISED.service_uuids[0]
BAND, TAG, PHONE = "C0:00:00:00:00:01", "C0:00:00:00:00:02", "C0:00:00:00:00:03"


def sighting(address: str, name: str | None = None, rssi_dbm: int = -60, **told: Any) -> Sighting:
    return Sighting(address, name, told.pop("services", ()), rssi_dbm, BLEDevice(address, name, None), 0.0, **told)


def survey(*sightings: Sighting, overrides: tuple[str, ...] = ()) -> Survey:
    return Census(load(None, overrides, {}).settings).look(sightings)


def test_a_kind_is_known_by_its_service_its_name_or_its_company() -> None:
    assert kind_of(sighting(BAND, services=(SERVICE,))) == "deskband"
    assert kind_of(sighting(BAND, "DeskBand-3C4D")) == "deskband"
    assert kind_of(sighting(TAG, company_data={RUUVI: b""})) == "ruuvi"
    assert kind_of(sighting(PHONE, "Ada's phone")) == ""


def test_the_nearest_is_first_and_who_is_not_known_is_counted() -> None:
    found = survey(sighting(BAND, "DeskBand-1", -80), sighting(TAG, "Ruuvi 1", -50), sighting(PHONE, None, -40))
    assert [neighbour.address for neighbour in found.known] == [TAG, BAND]
    assert [neighbour.address for neighbour in found.unknown] == [PHONE]


def test_a_name_that_comes_later_makes_it_known() -> None:
    census = Census(load(None, (), {}).settings)
    assert len(census.look([sighting(BAND)]).unknown) == 1
    found = census.look([sighting(BAND, "DeskBand-1")])
    assert (len(found.known), len(found.unknown)) == (1, 0)


def test_what_a_tag_tells_is_shown() -> None:
    census = Census(load(None, (), {}).settings)
    for sequence in (1, 2):
        found = census.look([sighting(TAG, company_data={RUUVI: ruuvi(sequence, xyz_mg=(-988, 36, 120))})])
    assert found.known[0].battery_pct == 95
    assert found.known[0].tells == "-0.99 +0.04 +0.12 g"


def test_what_is_not_understood_is_said_so() -> None:
    (neighbour,) = survey(sighting(TAG, company_data={RUUVI: b"\x06"})).known
    assert neighbour.tells == "not understood: Ruuvi data format 6, not 5"


def test_who_is_in_the_settings_already_is_named_and_not_advised() -> None:
    found = survey(sighting(BAND, "DeskBand-1"), overrides=(f"wearers.ada.address={BAND}",))
    assert found.known[0].wearer == "ada"
    assert not any("[wearers" in line for line in advice(found))


@pytest.mark.parametrize("kind", [kind for kind in WEARABLES if kind != "phone"])
def test_the_advice_is_a_settings_file(kind: str, tmp_path: Any) -> None:
    lines = Neighbour(BAND, "x", -50, kind).settings_lines
    path = tmp_path / "s.toml"
    path.write_text("\n".join(lines))
    plan = load(path, (), {}).settings.wearers["me"]
    assert (plan.wearable, plan.address) == (kind, BAND)
    assert plan.placement in WEARABLES[kind].ABOUT.placements
    assert tomllib.loads("\n".join(lines))


def test_the_table_shows_all_and_the_unknown_only_when_asked() -> None:
    found = survey(sighting(BAND, "DeskBand-1"), sighting(PHONE, "Ada's phone"))
    console = Console(width=300, record=True, file=io.StringIO())
    console.print(picture(found, everybody=False))
    text = console.export_text()
    assert all(words in text for words in ("DeskBand-1", BAND, "▂▄▆█ -60", "vibration"))
    assert "Ada" not in text
    console.print(picture(found, everybody=True))
    assert "Ada's phone" in console.export_text()


def test_a_name_from_the_air_is_shown_as_it_is_and_cannot_write_elsewhere() -> None:
    found = survey(sighting(BAND, "DeskBand-[/red][b]\x1b[2J\n[wearers.eve]"))
    console = Console(width=300, record=True, file=io.StringIO())
    console.print(picture(found, everybody=False))
    assert "DeskBand-[/red][b][2J[wearers.eve]" in console.export_text()
    assert [line for line in advice(found) if line.startswith("[")] == ["[wearers.me]"]


@pytest.mark.parametrize(
    ("rssi_dbm", "shown"), [(-95, "     -95"), (-90, "▂    -90"), (-70, "▂▄▆  -70"), (-40, "▂▄▆█ -40")]
)
def test_strength_is_shown_in_bars(rssi_dbm: int, shown: str) -> None:
    assert bars(rssi_dbm) == shown


def test_without_a_terminal_each_device_is_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    show = line_by_line(everybody=False)
    for rssi_dbm in (-60, -61, -62):
        show(survey(sighting(BAND, "DeskBand-1", rssi_dbm), sighting(PHONE)))
    assert capsys.readouterr().out.splitlines() == [f"▂▄▆█ -60 dBm  {BAND}  DeskBand-1, DeskBand, our open profile"]


def test_an_empty_air_has_a_hint() -> None:
    assert "connected to a phone" in "\n".join(advice(Survey()))


# --- the whole command, over the virtual air ------------------------------------------------------------------


@pytest.fixture(name="port")
async def _port() -> AsyncIterator[int]:
    """An air with a band, a tag, and something that nobody knows."""

    async def keep_telling(tag: Teller) -> None:
        for sequence in range(10_000):
            await tag.manufacturer(ruuvi(sequence))
            await asyncio.sleep(0.3)

    async with Air() as air, virtual_band(air=air, clock=ScaledClock()):
        await PebblePeripheral(air.join("pebble")).power_on()
        telling = asyncio.create_task(keep_telling(Teller(air.join("tag"), TAG)))
        yield await air.serve("127.0.0.1", 0)
        telling.cancel()
        with suppress(asyncio.CancelledError):
            await telling


async def scanned(*arguments: str) -> tuple[int, str, str]:
    command = [sys.executable, "-m", "monitor", "scan", *arguments]
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdout=pipe, stderr=pipe)
    out, err = await asyncio.wait_for(process.communicate(), 30)
    return process.returncode or 0, out.decode(), err.decode()


async def test_scan_lists_who_is_on_the_virtual_air(port: int) -> None:
    backend = f"radio.backend=bumble:tcp-client:127.0.0.1:{port}"
    code, out, err = await scanned("--duration", "2.5", "--json", "--set", backend)
    assert (code, err) == (0, "")
    found = json.loads(out)
    assert sorted(device["kind"] for device in found["devices"]) == ["deskband", "ruuvi"]
    assert found["unknown"] == 1
    (tag,) = [device for device in found["devices"] if device["kind"] == "ruuvi"]
    assert (tag["address"], tag["battery_pct"]) == (TAG, 95)
    code, out, _ = await scanned("--duration", "1.5", "--all", "--set", backend)
    assert code == 0
    assert all(words in out for words in ("DeskBand-", "RuuviTag", "not known", 'wearable = "ruuvi"', TAG))


async def test_without_a_radio_scan_ends_with_3_and_the_remedy() -> None:
    code, out, err = await scanned("--set", "radio.backend=bumble:tcp-client:127.0.0.1:1")
    assert (code, out) == (3, "")
    assert "start the simulator" in err
    assert len(err.splitlines()) == 1
