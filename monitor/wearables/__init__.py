"""The wearables: one file a device, and the table of them."""

from __future__ import annotations

from monitor.wearables.bangle import Bangle
from monitor.wearables.base import Driver
from monitor.wearables.bthome import BTHome
from monitor.wearables.deskband import DeskBand
from monitor.wearables.infinitime import InfiniTime
from monitor.wearables.microbit import MicroBit
from monitor.wearables.movesense import Movesense
from monitor.wearables.phone import Phone
from monitor.wearables.polar import Polar
from monitor.wearables.ruuvi import Ruuvi
from monitor.wearables.thingy52 import Thingy52
from monitor.wearables.witmotion import WitMotion

WEARABLES: dict[str, type[Driver]] = {
    "deskband": DeskBand,
    "polar": Polar,
    "infinitime": InfiniTime,
    "bangle": Bangle,
    "microbit": MicroBit,
    "thingy52": Thingy52,
    "witmotion": WitMotion,
    "movesense": Movesense,
    "ruuvi": Ruuvi,
    "bthome": BTHome,
    "phone": Phone,
}
