"""Who follows a page does no more than it says, and stops where it is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import followed

DIFF = ' A = {\n+    "b": 1,\n }\n'


def test_lines_are_put_in_where_their_neighbours_stand(tmp_path: Path) -> None:
    table = tmp_path / "table.py"
    table.write_text("A = {\n}\nB = {\n}\n")
    followed.put_in(table, DIFF)
    assert table.read_text() == 'A = {\n    "b": 1,\n}\nB = {\n}\n'


@pytest.mark.parametrize("text", ["C = {\n}\n", "A = {\n}\nA = {\n}\n"])
def test_a_place_that_is_gone_or_not_the_only_one_is_said(tmp_path: Path, text: str) -> None:
    table = tmp_path / "table.py"
    table.write_text(text)
    with pytest.raises(AssertionError, match="exactly once"):
        followed.put_in(table, DIFF)


def test_a_command_that_fails_is_said(tmp_path: Path) -> None:
    assert followed.run("echo done", tmp_path) == "done\n"
    with pytest.raises(AssertionError, match="false"):
        followed.run("false", tmp_path)


@pytest.mark.parametrize("page", ["wearable.md", "placement.md", "outlet.md", "exercise.md"])
def test_every_block_of_code_is_followed(page: str) -> None:
    text = (followed.PAGES / page).read_text(encoding="utf-8")
    assert len(followed.blocks(page)) * 2 == text.count("```")
    assert all(block.title or block.language == "sh" for block in followed.blocks(page))
