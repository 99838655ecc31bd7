"""Which optional parts are installed, and whether the settings want one that is not."""

from __future__ import annotations

import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from monitor import __version__
from monitor.doctor.finding import Case, Finding, failed, ok
from monitor.installing import install_line
from monitor.settings.sections import Settings

CORE = ("bleak", "paho-mqtt", "numpy", "pydantic")


@dataclass(frozen=True, slots=True)
class Extra:
    """What the extra brings, and the setting that needs it, if it does."""

    packages: tuple[str, ...]
    wanted_by: Callable[[Settings], str] = lambda settings: ""

    @property
    def is_here(self) -> bool:
        """Whether everything that it brings is installed."""
        return all(installed(package) for package in self.packages)


def _radio(kind: str) -> Callable[[Settings], str]:
    return lambda settings: "radio.backend" if settings.radio.backend.startswith(kind) else ""


def _sealed(settings: Settings) -> str:
    worn = any(plan.wearable == "bthome" for plan in settings.wearers.values())
    return "bthome.bind_keys" if worn and settings.rules_of("bthome").bind_keys else ""


EXTRAS: dict[str, Extra] = {
    "sim": Extra(("bumble",), _radio("bumble:")),
    "proxies": Extra(("bleak-esphome",), _radio("esphome:")),
    "broker": Extra(("iotcore",)),
    "web": Extra(("nicegui", "fastapi", "uvicorn"), lambda settings: "web.enabled" if settings.web.enabled else ""),
    "push": Extra(("apprise",), lambda settings: "push.urls" if settings.push.enabled else ""),
    "metrics": Extra(("prometheus-client",), lambda settings: "metrics.enabled" if settings.metrics.enabled else ""),
    "bthome": Extra(("cryptography",), _sealed),
    "parquet": Extra(("pyarrow",)),
    "study": Extra(("dask", "pyarrow")),
    "study-devices": Extra(("scikit-digital-health", "pygt3x")),
    "figure": Extra(("matplotlib",)),
}


def extras(case: Case) -> Sequence[Finding]:
    """Versions of what is there; a fault for each that is wanted and missing."""
    core = ", ".join(f"{name} {installed(name) or 'missing'}" for name in CORE)
    found = [ok(f"sitbreak {__version__}, Python {platform.python_version()}, {core}")]
    there = [_said(name, extra) for name, extra in EXTRAS.items() if extra.is_here]
    absent = [name for name, extra in EXTRAS.items() if not extra.is_here]
    found.append(ok(f"installed: {'; '.join(there) or 'none'}. Not installed: {', '.join(absent) or 'none'}"))
    wanted = {name: EXTRAS[name].wanted_by(case.settings) for name in absent}
    return found + [
        failed(f'{setting} needs the extra "{name}"', install_line(name)) for name, setting in wanted.items() if setting
    ]


def installed(package: str) -> str | None:
    """The version of a package; None where it is not there."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _said(name: str, extra: Extra) -> str:
    return f"{name} ({', '.join(f'{package} {installed(package)}' for package in extra.packages)})"
