"""Records that are checked where they come in: settings, words, catalogues, what a driver keeps.

A record is a frozen ``Rules`` whose annotations say what is allowed; ``check`` makes one of data that anybody may have
written, and raises every fault with its place. What the program itself puts together is taken as it is::

    class WearRules(Rules, frozen=True):
        quiet_s: Annotated[float, Meta(ge=1, le=600, description="How long is quiet.")] = 30.0

        def __post_init__(self) -> None:
            if self.quiet_s == 13:
                raise WrongValueError("quiet_s", "brings bad luck")

    check(WearRules, {"quiet_s": "60"})     # WearRules(quiet_s=60.0)
    check(WearRules, {"quiet_s": 0})        # FaultsError: quiet_s: must be at least 1

msgspec keeps and converts them; it takes a tenth of the memory of a library that builds a checker for each.
"""

from monitor.rules.base import HIDDEN, Rules, Secret, changed, plain
from monitor.rules.checking import Fault, FaultsError, WrongValueError, check, choices, dotted, objecting_to
from monitor.rules.describing import REQUIRED, Key, keys

__all__ = [
    "HIDDEN",
    "REQUIRED",
    "Fault",
    "FaultsError",
    "Key",
    "Rules",
    "Secret",
    "WrongValueError",
    "changed",
    "check",
    "choices",
    "dotted",
    "keys",
    "objecting_to",
    "plain",
]
