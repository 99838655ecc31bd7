"""Cases for the doctor, made of settings and an empty folder."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from monitor.doctor.finding import Case, Finding, Verdict
from monitor.settings.loading import load


def case(folder: Path, *overrides: str, **more: Any) -> Case:
    """A case with these settings."""
    loaded = load(None, overrides, {})
    return Case(**({"settings": loaded.settings, "state_dir": folder, "now_s": time.time()} | more))


def verdicts(found: Any) -> list[Verdict]:
    """How each finding stands."""
    return [each.verdict for each in found]


def only(found: Any) -> Finding:
    """The one finding; a fault names its remedy."""
    (finding,) = found
    assert isinstance(finding, Finding)
    assert finding.remedy or finding.verdict in (Verdict.OK, Verdict.NOTE)
    return finding
