"""Run and print."""

from __future__ import annotations

import argparse
import logging
import math
import sys
import time

import benchmarks.fuzz as fuzzing
from benchmarks.fuzz.running import TARGETS, Found, fuzz


def main() -> None:
    """Every target, one after the other."""
    parser = argparse.ArgumentParser(prog="fuzz", description=(fuzzing.__doc__ or "").splitlines()[0])
    parser.add_argument("--inputs", type=int, default=100_000, help="inputs a target")
    parser.add_argument("--seconds", type=float, default=math.inf, help="at most so many seconds in all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default=",".join(TARGETS), help="targets")
    options = parser.parse_args()
    logging.disable()  # refusals are said once a minute, and a fuzz is full of them
    chosen, failed = options.only.split(","), False
    each_s = options.seconds / len(chosen)
    for target in chosen:
        began_s = time.monotonic()
        try:
            count = fuzz(target, options.inputs, options.seed, began_s + each_s)
            print(f"{target:<12} {count:>8} inputs {time.monotonic() - began_s:7.1f} s  nothing found", flush=True)
        except Found as found:
            failed = True
            sys.excepthook(type(found), found, found.__traceback__)
    raise SystemExit(failed)


if __name__ == "__main__":
    main()
