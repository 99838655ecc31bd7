"""The doctor tells which push service takes what it is given, by its number."""

from __future__ import annotations

import time
from contextlib import closing
from pathlib import Path

from monitor.doctor.finding import Verdict
from monitor.doctor.pushes import pushes
from monitor.history.store import Commit, Store
from monitor.outlets.receipts import Outcome, Receipt
from tests.doctor.cases import case, only

URLS = 'push.urls=["ntfy://hushhush", "gotify://home.example/abcdefghij"]'


def kept(folder: Path, *receipts: Receipt) -> None:
    with closing(Store(folder / "history.sqlite3")) as store:
        store.commit(Commit("me", checkpoint="state"))
        for receipt in receipts:
            store.note_receipt(receipt)


def test_without_addresses_nothing_is_said(tmp_path: Path) -> None:
    assert not pushes(case(tmp_path))


def test_an_address_that_has_never_been_tried_is_a_note_with_what_to_do(tmp_path: Path) -> None:
    found = only(pushes(case(tmp_path, URLS)))
    assert (found.verdict, found.told) == (Verdict.NOTE, "nothing has been pushed yet to push address 1, 2")
    assert "cmd/test" in found.remedy


def test_each_service_says_how_its_last_push_went(tmp_path: Path) -> None:
    at_s = time.time() - 3600
    kept(
        tmp_path,
        Receipt("me", "a", "ntfy (push address 1)", at_s, Outcome.REFUSED, "http:403"),
        Receipt("me", "b", "ntfy (push address 1)", at_s + 60, Outcome.ACCEPTED),
        Receipt("me", "b", "Gotify (push address 2)", at_s + 60, Outcome.REFUSED, "http:401"),
        Receipt("me", "b", "Signal API (push address 9)", at_s + 60, Outcome.FAILED, "unreachable"),
    )
    found = {finding.told: (finding.verdict, finding.remedy) for finding in pushes(case(tmp_path, URLS))}
    assert found == {
        "ntfy (push address 1) has taken its last push, 1.0 h ago": (Verdict.OK, ""),
        "Gotify (push address 2): refused with HTTP 401, 1.0 h ago": (
            Verdict.FAILED,
            "check the name, password or token in the address",
        ),
    }


def test_what_is_tried_again_is_a_warning(tmp_path: Path) -> None:
    kept(tmp_path, Receipt("me", "a", "ntfy (push address 1)", time.time(), Outcome.TRYING, "unreachable"))
    trying, untried = pushes(case(tmp_path, URLS))
    assert (trying.verdict, untried.verdict) == (Verdict.WARNING, Verdict.NOTE)
    assert trying.told == "ntfy (push address 1): cannot be reached, 0.0 h ago"
