"""Whether the daemon runs: the other checks then leave alone what it holds."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.doctor.finding import Case, Finding, note, ok


def daemon(case: Case) -> Sequence[Finding]:
    """Said first, because it explains what follows."""
    if case.daemon_runs:
        return [ok(f"runs, with {case.state_dir}")]
    return [note(f"does not run with {case.state_dir}", "start it: sitbreak run, or systemctl --user start sitbreak")]
