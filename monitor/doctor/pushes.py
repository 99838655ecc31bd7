"""What the push services made of the last alerts that they were given."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.doctor.finding import Case, Finding, failed, note, ok, warning
from monitor.history.database import HistoryError
from monitor.history.receipts import latest_of
from monitor.outlets.push_rules import addresses
from monitor.outlets.push_service import told
from monitor.outlets.receipts import Outcome, Receipt

_TEST = "ask for a test alert: mosquitto_pub -t 'sitbreak/<node>/cmd/test' -m PRESS, or the button in Home Assistant"


def pushes(case: Case) -> Sequence[Finding]:
    """A line for every service that has been tried, by its number. Raises PushFileError, AddressError."""
    if not case.settings.push.enabled:
        return []
    numbers = {address.number for address in addresses(case.settings.push)}
    kept: dict[str, Receipt] = {}
    for wearer in case.settings.wearers:
        for receipt in _kept(case, wearer):
            if receipt.way not in kept or kept[receipt.way].at_s < receipt.at_s:
                kept[receipt.way] = receipt
    found = [_found(receipt, case.now_s) for receipt in kept.values() if _number(receipt.way) in numbers]
    silent = sorted(numbers - {_number(way) for way in kept})
    if silent:
        named = ", ".join(map(str, silent))
        found.append(note(f"nothing has been pushed yet to push address {named}", _TEST))
    return found


def _kept(case: Case, wearer: str) -> list[Receipt]:
    try:
        return latest_of(case.history, wearer)
    except HistoryError:  # not there yet, or damaged: another line says so
        return []


def _number(way: str) -> int:
    digits = way.rpartition(" ")[2].rstrip(")")
    return int(digits) if digits.isdecimal() else 0


def _found(receipt: Receipt, now_s: float) -> Finding:
    ago = f"{max(0.0, now_s - receipt.at_s) / 3600:.1f} h ago"
    if receipt.outcome is Outcome.ACCEPTED:
        return ok(f"{receipt.way} has taken its last push, {ago}")
    reason, remedy = told(receipt.reason)
    line = f"{receipt.way}: {reason}, {ago}"
    return (failed if receipt.outcome is Outcome.REFUSED else warning)(line, remedy or _TEST)
