"""The outlets: one file each, one line here."""

from __future__ import annotations

from monitor.outlets.base import Outlet
from monitor.outlets.console import ConsoleOutlet
from monitor.outlets.metrics import MetricsOutlet
from monitor.outlets.mqtt.outlet import MqttOutlet
from monitor.outlets.push import PushOutlet
from monitor.outlets.wearable import WearableOutlet

OUTLETS: dict[str, type[Outlet]] = {
    "console": ConsoleOutlet,
    "metrics": MetricsOutlet,
    "mqtt": MqttOutlet,
    "push": PushOutlet,
    "wearable": WearableOutlet,
}
