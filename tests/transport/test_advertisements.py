from __future__ import annotations

from bleak.backends.scanner import AdvertisementData
from hypothesis import given
from hypothesis import strategies as st

from monitor.transport.advertisements import read_advertisement, uuid_text

DESKBAND = "e8200001-ac6e-48f1-9b41-d591858ee542"
ADVERTISEMENT = [
    (0x01, b"\x06"),
    (0x07, bytes.fromhex("42e58e8591d5419bf1486eac010020e8")),
    (0x16, b"\xd2\xfc\x40\x01\x57"),
]
SCAN_RESPONSE = [(0x09, b"DeskBand-3C2B"), (0xFF, bytes.fromhex("ffff0100571e00")), (0x0A, b"\xfc")]


def test_service_name_and_data_are_read_from_both_halves() -> None:
    data = read_advertisement(ADVERTISEMENT + SCAN_RESPONSE, -55)
    assert data == AdvertisementData(
        "DeskBand-3C2B",
        {0xFFFF: bytes.fromhex("0100571e00")},
        {"0000fcd2-0000-1000-8000-00805f9b34fb": b"\x40\x01\x57"},
        [DESKBAND],
        -4,
        -55,
        (),
    )


def test_short_uuids_are_written_in_full() -> None:
    assert uuid_text(b"\x0f\x18") == "0000180f-0000-1000-8000-00805f9b34fb"
    assert uuid_text(b"\x78\x56\x34\x12") == "12345678-0000-1000-8000-00805f9b34fb"


def test_a_name_once_heard_stays_known() -> None:
    before = read_advertisement(SCAN_RESPONSE, -55)
    after = read_advertisement(ADVERTISEMENT, -60, before)
    assert (after.local_name, after.service_uuids, after.rssi) == ("DeskBand-3C2B", [DESKBAND], -60)


@given(st.lists(st.tuples(st.integers(0, 255), st.binary(max_size=40))))
def test_no_bytes_from_the_air_are_fatal(structures: list[tuple[int, bytes]]) -> None:
    assert read_advertisement(structures, -55).rssi == -55
