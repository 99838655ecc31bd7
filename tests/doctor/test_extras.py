"""Optional parts, installed or not."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from monitor.doctor import extras as module
from monitor.doctor.extras import EXTRAS, Extra, extras, installed
from monitor.doctor.finding import Verdict
from tests.doctor.cases import case, verdicts

PROJECT = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]


def test_every_extra_for_users_is_in_the_table_with_all_its_packages() -> None:
    told = PROJECT["optional-dependencies"]
    assert set(EXTRAS) == set(told) - {"all", "test", "dev", "docs", "compare"}
    for name, extra in EXTRAS.items():
        assert {re.split(r"[\[<>=~!]", each)[0] for each in told[name]} == set(extra.packages)


def test_versions_are_told() -> None:
    assert installed("numpy")
    assert installed("no-such-package") is None


WANTED = [
    ("web", ("web.enabled=true",), "web.enabled"),
    ("push", ("push.urls=json://127.0.0.1:9/",), "push.urls"),
    ("metrics", ("metrics.enabled=true",), "metrics.enabled"),
    ("sim", ("radio.backend=bumble:usb:0",), "radio.backend"),
    ("proxies", ("radio.backend=esphome:proxy.lan",), "radio.backend"),
]


@pytest.mark.parametrize(("name", "overrides", "setting"), WANTED)
def test_an_extra_that_is_wanted_and_missing_fails_with_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, overrides: tuple[str, ...], setting: str
) -> None:
    nothing = {key: Extra(("no-such-package",), extra.wanted_by) for key, extra in EXTRAS.items()}
    monkeypatch.setattr(module, "EXTRAS", nothing)
    assert verdicts(extras(case(tmp_path))) == [Verdict.OK, Verdict.OK]
    *_, fault = extras(case(tmp_path, *overrides))
    assert fault.told.startswith(setting)
    assert (fault.verdict, fault.remedy) == (Verdict.FAILED, f'pip install "sitbreak[{name}]"')


def test_an_extra_that_is_wanted_and_there_is_well(tmp_path: Path) -> None:
    assert verdicts(extras(case(tmp_path, "web.enabled=true", "metrics.enabled=true"))) == [Verdict.OK, Verdict.OK]
