"""Settings: the file, the command line and the environment."""

from __future__ import annotations

import json
import random
from pathlib import Path

from benchmarks.fuzz.nonsense import Step, Unfit, garbled, odd_number
from monitor.settings.faults import SettingsError
from monitor.settings.loading import load
from monitor.settings.sections import walk
from monitor.settings.template import settings_template

WORDS = ("", "x", "25:00", "Europe/Nowhere", "\\u0000", "日本", "a\\nb", "wss://", "../..", "[]", "{}", "0" * 300)
TABLES = ("[]", "{}", "[[1]]", '{ "x" = 1 }', "1979-05-27T07:32:00Z", "07:32:00", "true", "0xFF", "+nan", "-inf")
TEXTS = (b"coach.limit_s=90", b"wearers.me.coach={}", b"mqtt.port=1883")
NAMES = (b"SITBREAK_COACH__LIMIT_S", b"SITBREAK_MQTT__HOST", b"SITBREAK_WEARERS__ME__NAME")


def of_settings(rng: random.Random, folder: Path) -> Step:
    """Fuzz what a user may write."""
    path = folder / "sitbreak.toml"
    sections = [part.replace("\n# ", "\n").encode() for part in settings_template().split("\n[")]
    lines = [b"limit_s = 90", b'[wearers.me]\nwearable = "polar"', b"[coach]\nlimit_s = 1e9", b"a = [1, {b = 2}]"]
    seeds = [*(b"[" + part for part in sections[1:]), *lines]
    keys = [keys for keys, _ in walk()]

    def one_wrong() -> bytes:
        """A file with one setting, of a kind or size that it may not have."""
        *table, key = ("me" if part == "*" else part for part in rng.choice(keys))
        value = rng.choice((odd_number(rng), json.dumps(odd_number(rng)), f'"{rng.choice(WORDS)}"', rng.choice(TABLES)))
        return f"[{'.'.join(table)}]\n{key} = {value}\n".encode()

    def step(_: int) -> None:
        path.write_bytes(one_wrong() if rng.random() < 0.5 else garbled(rng, seeds))
        text = garbled(rng, list(TEXTS)).decode(errors="replace")
        name = garbled(rng, list(NAMES)).decode(errors="replace")
        try:
            load(path if rng.random() < 0.8 else None, [text] if rng.random() < 0.3 else [], {name: text[:20]})
        except SettingsError as error:
            if not str(error).isprintable():
                raise Unfit(f"a complaint that is no line: {error!r}") from error

    return step
