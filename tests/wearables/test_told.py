"""What all drivers keep whose devices only tell: once a link what they are, and the battery when it is news."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from monitor.model import BatteryLevel, WearableFacts
from monitor.wearables.base import Packet, Reply, Resume
from monitor.wearables.told import ToldDriver

NOW_S = 1.8e9


@dataclass
class Beacon(ToldDriver):
    """Tells its battery, and nothing else."""

    MODEL: ClassVar[str] = "Beacon"
    remembered: list[Resume] = field(default_factory=list)

    def receive(self, packet: Packet) -> Reply:
        percent = packet.data[0] if packet.data else None
        return self._introduction() + self._tell_battery(percent, packet.at_s)

    def _remember(self, resume: Resume) -> None:
        self.remembered.append(resume)


def told(beacon: Beacon, *levels: int | None) -> list[Reply]:
    return [beacon.receive(Packet("", b"" if level is None else bytes((level,)), NOW_S)) for level in levels]


def test_on_each_link_it_says_once_what_it_is_and_the_battery_when_it_is_news() -> None:
    beacon = Beacon()
    for _ in range(2):
        assert beacon.start(None, NOW_S) == []
        first, *others = told(beacon, 90, 90, None, 89, 90)
        assert first == [WearableFacts("Beacon"), BatteryLevel(90, NOW_S)]
        assert others == [[], [], [BatteryLevel(89, NOW_S)], [BatteryLevel(90, NOW_S)]]
        assert beacon.lost(NOW_S) == []


def test_a_memory_is_taken_up_only_after_a_crash() -> None:
    beacon = Beacon()
    beacon.start({"of": "before"}, NOW_S)
    beacon.start(None, NOW_S)
    assert beacon.remembered == [{"of": "before"}]
