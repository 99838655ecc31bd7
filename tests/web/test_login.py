"""The log-in page says what it must, in each language, and nothing it was given goes into it raw."""

from __future__ import annotations

import pytest

from monitor.web.login import login_page
from monitor.words import code_of, languages, words


@pytest.mark.parametrize("language", languages())
def test_it_speaks_the_language_and_labels_its_field(language: str) -> None:
    page = login_page(words(language), "<b>trouble</b>")
    assert f'<html lang="{language}">' in page
    assert 'label for="password"' in page
    assert "&lt;b&gt;trouble" in page
    assert 'name="name"' not in page
    assert code_of(words(language)) == language


def test_it_asks_who_it_is_where_there_are_several() -> None:
    page = login_page(words("en"), several=True)
    assert '<label for="name">Name' in page
    assert 'autocomplete="username"' in page
