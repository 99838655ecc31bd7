"""``sitbreak doctor``: what is wrong around the program, each fault with its remedy."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.text import Text

from monitor.cli.process import ConfigOption, SetOption, StateDirOption, default_config, default_state_dir
from monitor.cli.translation import said_here
from monitor.spoken import Phrases

if TYPE_CHECKING:
    from monitor.doctor.finding import Case, Finding
    from monitor.settings.sections import Settings

STYLES = {"ok": "green", "note": "cyan", "warning": "yellow", "failed": "bold red"}


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object, and nothing else.")] = False,
    config: ConfigOption = None,
    set_: SetOption = None,
    state_dir: StateDirOption = None,
) -> None:
    """Look at everything the program needs; exit 1 when something fails. The daemon may run meanwhile."""
    findings = asyncio.run(_examined(config or default_config(), set_ or [], state_dir or default_state_dir(), as_json))
    verdicts = [str(finding.verdict) for _, finding in findings]
    if as_json:
        print(as_text(findings))
    else:
        print(said_here("doctor")(f"{verdicts.count('failed')} failed, {verdicts.count('warning')} warnings"))
    if "failed" in verdicts:
        sys.exit(1)


async def _examined(config: Path | None, set_: list[str], state_dir: Path, silent: bool) -> list[tuple[str, Finding]]:
    from monitor.doctor.finding import failed
    from monitor.doctor.table import CHECKS, examine
    from monitor.settings.faults import SettingsError
    from monitor.settings.loading import load
    from monitor.settings.sections import Settings

    console, found, checks, say = Console(highlight=False), [], CHECKS, said_here("doctor")

    def tell(subject: str, finding: Finding) -> None:
        found.append((subject, finding))
        if not silent:
            console.print(line(subject, finding, say), soft_wrap=True)

    try:
        loaded = load(config, set_)
        case = _case(loaded.settings, loaded.sources, config, state_dir)
    except SettingsError as error:
        tell("config", failed(str(error), "mend it; the checks that need settings are left out"))
        case = _case(Settings(), {}, config, state_dir)
        checks = tuple(check for check in CHECKS if not check.wants_settings)
    async for subject, finding in examine(case, checks):
        tell(subject, finding)
    return found


def _case(settings: Settings, sources: dict[str, str], config: Path | None, state_dir: Path) -> Case:
    from monitor.doctor.finding import Case
    from monitor.lock import is_held

    return Case(settings, state_dir, time.time(), config, sources, is_held(state_dir))


def line(subject: str, finding: Finding, say: Phrases) -> Text:
    """One line a finding: verdict, subject, what was found, and what to do."""
    remedy = f" -> {say(finding.remedy)}" if finding.remedy else ""
    return Text.assemble(
        (f"{say(finding.verdict):8}", STYLES[finding.verdict]),
        (f"{say(subject):12}", "bold"),
        say(finding.told),
        (remedy, "italic"),
    )


def as_text(findings: list[tuple[str, Finding]]) -> str:
    """The whole report as JSON, for programs: in English whatever the language."""
    told = [
        {"subject": subject, "verdict": str(finding.verdict), "told": finding.told, "remedy": finding.remedy or None}
        for subject, finding in findings
    ]
    return json.dumps({"v": 1, "healthy": not any(each["verdict"] == "failed" for each in told), "findings": told})
