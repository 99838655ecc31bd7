"""The outlets: one file each, one line here."""

from __future__ import annotations

from monitor.outlets.base import Outlet
from monitor.registry import Table

OUTLETS = Table[Outlet](
    "monitor.outlets",
    {
        "console": "console.ConsoleOutlet",
        "metrics": "metrics.MetricsOutlet",
        "mqtt": "mqtt.outlet.MqttOutlet",
        "push": "push.PushOutlet",
        "wearable": "wearable.WearableOutlet",
    },
)
