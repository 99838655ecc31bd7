"""The wearables: one file a device, and the table of them."""

from __future__ import annotations

from monitor.wearables.base import Driver
from monitor.wearables.bthome import BTHome
from monitor.wearables.deskband import DeskBand
from monitor.wearables.phone import Phone
from monitor.wearables.ruuvi import Ruuvi

WEARABLES: dict[str, type[Driver]] = {
    "deskband": DeskBand,
    "ruuvi": Ruuvi,
    "bthome": BTHome,
    "phone": Phone,
}
