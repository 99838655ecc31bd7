"""Train the parameter files of the weaker placements, and check them on people who were left out.

    python benchmarks/train.py DATA_DIR --placement waist --out monitor/posture/models/waist.json
    python benchmarks/train.py DATA_DIR --placement waist --check

The same folder gives the same file, byte for byte, in the same version: plain numpy, Newton's method, one seed. Since
the files in the tree were made, what the program learns of upright has changed a little, and files made today differ
from them: they would be another detection, to be measured anew (``docs/accuracy.md``). ``--check`` trains without
a group of subjects at a time and runs the real placement on them: every recording turned at random, and for chest and
wrist with the takes (or the labelled blocks, where a recording has none) in random order, because in a script the
time alone gives the posture away. How well the time alone does is printed beside.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path

from training.check import check
from training.subjects import Subject, load
from training.trunk import train_trunk
from training.weak import TURNS, train_likely

from monitor.posture.logistic import LikelyModel, TrunkModel
from monitor.rules import plain

Trainer = Callable[[list[int]], TrunkModel | LikelyModel]
"""Parameters from the subjects with these places."""
TRAINERS: dict[str, Callable[[str, list[Subject]], Trainer]] = {
    "waist": train_trunk,
    "lower_back": train_trunk,
    "chest": train_likely,
    "wrist": train_likely,
}


def main() -> None:
    parser = argparse.ArgumentParser(description="Train or check the parameters of one placement.")
    parser.add_argument("data_dir", type=Path, help="folder with one folder of .npz recordings a placement")
    parser.add_argument("--placement", required=True, choices=list(TRAINERS))
    parser.add_argument("--out", type=Path, help="where to write the parameter file")
    parser.add_argument("--check", action="store_true", help="leave subjects out, and print how right it is")
    options = parser.parse_args()
    subjects = load(options.data_dir, options.placement)
    train = TRAINERS[options.placement](options.placement, subjects)
    if options.out:
        model = train(list(range(len(subjects))))
        options.out.write_text(json.dumps(plain(model), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        print(f"written: {options.out}")
    if options.check or not options.out:
        more = [load(options.data_dir, options.placement, turn) for turn in range(1, TURNS.get(options.placement, 1))]
        print("\n".join(check(options.placement, train, [subjects, *more])))


if __name__ == "__main__":
    main()
