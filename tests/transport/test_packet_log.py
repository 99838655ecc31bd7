"""Packet logs: what was written is read, over rotation and over a cut last line."""

from __future__ import annotations

import json
import shutil
import stat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.model import LinkState
from monitor.transport.packet_log import PacketLog, read_packet_log
from monitor.transport.source import RecordingError
from monitor.wearables.base import Write
from tests.support.disk import full_disk

HEADER = {"version": "0.1.0", "wearer": "me", "placement": "thigh", "settings": {"limit_s": 60.0}, "checkpoint": "x\ny"}
NOON_S = 1_709_640_000.0  # 2024-03-05 12:00:00 UTC


def write(folder: Path, *lines: tuple[str, float, dict[str, Any]], full_bytes: int = 10**6) -> list[Path]:
    log = PacketLog(folder, HEADER, full_bytes)
    for kind, now_s, fields in lines:
        log.write(kind, now_s, fields)
    log.close()
    return sorted(folder.iterdir())


def lines_of(path: Path) -> list[dict[str, Any]]:
    return list(read_packet_log(path)[1])


def three_packets(folder: Path) -> Path:
    (path,) = write(folder, *[("packet", NOON_S + n, {"data": bytes([n, 255])}) for n in range(3)])
    return path


def test_header_and_lines_come_back_in_order(tmp_path: Path) -> None:
    (path,) = write(
        tmp_path,
        ("start", NOON_S, {"resume": {"session": 7}}),
        ("packet", NOON_S + 0.25, {"characteristic": "2a37", "data": b"\x00\xff"}),
        ("link", NOON_S + 0.5, {"state": LinkState.LOST}),
        ("done", NOON_S + 0.75, {"action": Write("2a37", b"\x01"), "value": None}),
        ("tick", NOON_S + 1, {}),
    )
    header, lines = read_packet_log(path)
    assert header == {"format": 1, **HEADER}
    assert list(lines) == [
        {"kind": "start", "now_s": NOON_S, "resume": {"session": 7}},
        {"kind": "packet", "now_s": NOON_S + 0.25, "characteristic": "2a37", "data": "00ff"},
        {"kind": "link", "now_s": NOON_S + 0.5, "state": "lost"},
        {
            "kind": "done",
            "now_s": NOON_S + 0.75,
            "action": {"characteristic": "2a37", "data": "01", "response": True, "note": ""},
            "value": None,
        },
        {"kind": "tick", "now_s": NOON_S + 1},
    ]


fields_of_a_line = st.dictionaries(
    st.text(max_size=5).filter(lambda key: key not in ("kind", "now_s")), st.text() | st.floats(allow_nan=False)
)


@settings(deadline=None)
@given(st.lists(st.tuples(st.text(max_size=5), st.floats(0, 4e9), fields_of_a_line), max_size=5))
def test_any_text_and_number_comes_back(tmp_path_factory: Any, lines: list[tuple[str, float, dict[str, Any]]]) -> None:
    found = [line for path in write(tmp_path_factory.mktemp("log"), *lines) for line in lines_of(path)]
    written = [{"kind": kind, "now_s": now_s, **fields} for kind, now_s, fields in lines]
    assert sorted(map(repr, found)) == sorted(map(repr, written))


def test_every_line_is_in_the_file_as_soon_as_it_is_written(tmp_path: Path) -> None:
    log = PacketLog(tmp_path, HEADER)
    log.write("packet", NOON_S, {"data": b"\x01"})
    (path,) = tmp_path.iterdir()
    assert lines_of(path) == [{"kind": "packet", "now_s": NOON_S, "data": "01"}]
    log.close()


def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    path = three_packets(tmp_path / "new")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_full_file_is_followed_by_another_with_a_header_of_its_own(tmp_path: Path) -> None:
    lines = [("packet", NOON_S + n, {"data": bytes(50)}) for n in range(20)]
    paths = write(tmp_path, *lines, full_bytes=700)
    assert len(paths) > 3
    assert [line["now_s"] for path in paths for line in lines_of(path)] == [NOON_S + n for n in range(20)]
    assert all(path.stat().st_size < 1000 for path in paths)


def test_each_file_may_ask_for_the_state_of_its_moment(tmp_path: Path) -> None:
    states = iter(["first", "second"])
    log = PacketLog(tmp_path, lambda: {"wearer": "me", "checkpoint": next(states)})
    log.write("tick", NOON_S)
    log.write("tick", NOON_S + 86400)
    log.close()
    assert [read_packet_log(path)[0]["checkpoint"] for path in sorted(tmp_path.iterdir())] == ["first", "second"]


def test_a_new_day_begins_a_new_file_and_a_line_without_time_does_not(tmp_path: Path) -> None:
    midnight_s = NOON_S + 43200
    paths = write(
        tmp_path, ("tick", midnight_s - 1, {}), ("stored", 0.0, {}), ("tick", midnight_s, {}), ("stop", 0.0, {})
    )
    assert [path.name for path in paths] == ["me-20240305T235959Z.jsonl", "me-20240306T000000Z.jsonl"]
    assert [len(lines_of(path)) for path in paths] == [2, 2]


def test_a_second_recording_of_the_same_second_gets_a_file_of_its_own(tmp_path: Path) -> None:
    three_packets(tmp_path)
    paths = write(tmp_path, ("tick", NOON_S, {}))
    assert sorted(len(lines_of(path)) for path in paths) == [1, 3]


def test_a_wearers_name_cannot_lead_out_of_the_folder(tmp_path: Path) -> None:
    log = PacketLog(tmp_path / "in", {"wearer": "../../you & me"})
    log.write("tick", NOON_S)
    log.close()
    (path,) = (tmp_path / "in").iterdir()
    assert path.name == "______you___me-20240305T120000Z.jsonl"


def test_a_cut_last_line_is_passed_over_wherever_it_is_cut(tmp_path: Path) -> None:
    path = three_packets(tmp_path)
    content = path.read_bytes()
    last = content[:-1].rindex(b"\n") + 1
    for kept in range(last, len(content) - 1):
        path.write_bytes(content[:kept])
        assert len(lines_of(path)) == 2
    path.write_bytes(content[:-1])  # only the line end is missing
    assert len(lines_of(path)) == 3


@pytest.mark.parametrize(
    "damage", ["{", "[]", "{}", '{"kind":"tick"}', '{"kind":1,"now_s":2}', '{"kind":"x","now_s":"2"}', ""]
)
def test_a_damaged_line_before_the_last_is_named(tmp_path: Path, damage: str) -> None:
    path = three_packets(tmp_path)
    lines = path.read_text().split("\n")
    path.write_text("\n".join([*lines[:2], damage, *lines[2:]]))
    with pytest.raises(RecordingError, match="line 3 is damaged"):
        lines_of(path)


@pytest.mark.parametrize(
    "first", ["", "{", "[1]", '{"version":"0.1.0"}', '{"kind":"tick","now_s":1}', "time_s,x_g", "\x00"]
)
def test_a_file_without_a_header_is_refused(tmp_path: Path, first: str) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text(first + "\n")
    with pytest.raises(RecordingError, match="header of a packet log") as caught:
        read_packet_log(path)
    assert caught.value.exit_code == 2


def test_another_format_is_refused_with_a_remedy(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text(json.dumps({"format": 2}) + "\n")
    with pytest.raises(RecordingError, match="has format 2; this sitbreak reads format 1"):
        read_packet_log(path)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="cannot be read"):
        read_packet_log(tmp_path / "log.jsonl")


def test_a_file_that_goes_away_before_it_is_played_is_said(tmp_path: Path) -> None:
    path = three_packets(tmp_path)
    _, lines = read_packet_log(path)
    path.unlink()
    with pytest.raises(RecordingError, match="cannot be read"):
        list(lines)


def test_a_full_disk_ends_the_file_and_a_new_one_begins_when_there_is_space(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    log = PacketLog(tmp_path, {"wearer": "me"})
    log.write("tick", 1_000_000_000.0)
    with full_disk():
        for second in range(1, 200):
            log.write("tick", 1_000_000_000.0 + second)
    log.write("tick", 1_000_000_300.0)
    log.close()
    times = [[line["now_s"] for line in read_packet_log(path)[1]] for path in sorted(tmp_path.iterdir())]
    assert [each for each in times if each] == [[1_000_000_000.0], [1_000_000_300.0]]
    assert [record.levelname for record in caplog.records] == ["ERROR"]


def test_a_disk_that_is_pulled_out_ends_the_recording_and_nothing_else(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    log = PacketLog(tmp_path / "stick", {"wearer": "me"})
    log.write("tick", NOON_S)
    shutil.rmtree(tmp_path / "stick")
    with full_disk():
        log.write("tick", NOON_S + 1)
    log.write("tick", NOON_S + 100)
    log.close()
    assert [record.levelname for record in caplog.records] == ["ERROR"]


@pytest.mark.parametrize("now_s", ["NaN", "Infinity", "1e300", "true", '"1"', "null"])
def test_a_time_that_is_none_damages_the_line(tmp_path: Path, now_s: str) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text(f'{{"format": 1}}\n{{"kind": "tick", "now_s": {now_s}}}\n{{"kind": "tick", "now_s": 1}}\n')
    with pytest.raises(RecordingError, match="line 2 is damaged"):
        list(read_packet_log(path)[1])
