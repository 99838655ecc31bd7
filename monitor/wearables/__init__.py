"""The wearables: one file a device, one line here."""

from __future__ import annotations

from monitor.registry import Table
from monitor.wearables.base import Driver

WEARABLES = Table[Driver](
    "monitor.wearables",
    {
        "deskband": "deskband.DeskBand",
        "polar": "polar.Polar",
        "infinitime": "infinitime.InfiniTime",
        "bangle": "bangle.Bangle",
        "microbit": "microbit.MicroBit",
        "thingy52": "thingy52.Thingy52",
        "witmotion": "witmotion.WitMotion",
        "movesense": "movesense.Movesense",
        "ruuvi": "ruuvi.Ruuvi",
        "bthome": "bthome.BTHome",
        "phone": "phone.Phone",
    },
)
