"""The log-in as plain HTML, with no script, in the page's own looks (pure)."""

from __future__ import annotations

from html import escape

from monitor.web.looks import CSS
from monitor.words import Words, languages, words

PAGE = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><style>{css}</style></head>
<body><main class="sb login"><h1>{title}</h1>
<form method="post" action="/login"><label for="password">{password}</label>
<input id="password" name="password" type="password" autocomplete="current-password" required autofocus>
<p role="alert">{said}</p><button type="submit">{log_in}</button></form></main></body></html>
"""


def login_page(said: Words, trouble: str = "") -> str:
    """The whole page; ``trouble`` is why the last try did not work."""
    page = said.page
    return PAGE.format(
        language=code_of(said),
        css=CSS,
        title=escape(page.title),
        password=escape(page.password),
        log_in=escape(page.log_in),
        said=escape(trouble),
    )


def code_of(said: Words) -> str:
    """The language's code, for ``lang``."""
    return next(code for code in languages() if words(code) is said)
