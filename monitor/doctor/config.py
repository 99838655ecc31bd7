"""Settings that are right each for itself, and yet not what somebody wants."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from monitor.assembly.wearer import exercise_catalogue, new_driver
from monitor.doctor.finding import Case, Finding, is_local, ok, warning
from monitor.exposed import exposed
from monitor.settings.loading import Loaded
from monitor.settings.sections import Settings
from monitor.wearables.base import Reach


def config(case: Case) -> Sequence[Finding]:
    """The settings were read, or nobody would ask here; what is odd in them."""
    where = str(case.config or "no file: defaults and environment")
    found = [*_unheard(case.settings), *_confused(case.settings), *_overheard(case.settings), *_own_exercises(case)]
    return [ok(f"settings are right ({where})"), *found, *_readable_secrets(case)]


def _unheard(settings: Settings) -> Iterator[Finding]:
    if not (settings.mqtt.enabled or settings.push.enabled or settings.web.enabled):
        remedy = "set mqtt.host, or push.urls, or web.enabled = true"
        yield warning("nobody but the wearable itself tells the wearer of a break", remedy)
    for name, plan in settings.wearers.items():
        if new_driver(settings, name).REACH is Reach.TOPIC and not settings.mqtt.enabled:
            yield warning(f"{name}: a {plan.wearable} publishes over MQTT, and no broker is named", "set mqtt.host")


def _confused(settings: Settings) -> Iterator[Finding]:
    """Two wearers who would take each other's wearable."""
    kinds = Counter(
        plan.wearable
        for name, plan in settings.wearers.items()
        if not (plan.address or plan.name) and new_driver(settings, name).REACH is not Reach.TOPIC
    )
    for kind, count in kinds.items():
        if count > 1:
            remedy = "set wearers.NAME.address for each; `sitbreak scan` prints the lines"
            yield warning(f"{count} wearers take the first {kind} that is heard", remedy)


def _overheard(settings: Settings) -> Iterator[Finding]:
    mqtt, metrics = settings.mqtt, settings.metrics
    if metrics.enabled and not is_local(metrics.host):
        yield warning(f"everybody in reach of {metrics.host} may read the figures", 'set metrics.host = "127.0.0.1"')
    if mqtt.enabled and mqtt.username and mqtt.tls == "off" and not is_local(mqtt.host):
        yield warning(f"the password goes to {mqtt.host} in plain text", 'set mqtt.tls = "ca-file" and mqtt.ca_file')


def _own_exercises(case: Case) -> Iterator[Finding]:
    for wearer in case.settings.wearers:
        _, complaints = exercise_catalogue(case.settings, case.settings.coach_of(wearer).language)
        for complaint in complaints:
            yield warning(f"{wearer}: {complaint}", "mend the file; the exercise is left out until then")


def _readable_secrets(case: Case) -> Iterator[Finding]:
    for sentence in exposed(Loaded(case.settings, dict(case.sources))):
        told, _, remedy = sentence.rpartition(": ")
        yield warning(told, remedy)
