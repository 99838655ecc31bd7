"""The log-in as plain HTML, with no script, in the page's own looks (pure)."""

from __future__ import annotations

from html import escape

from monitor.web.looks import CSS
from monitor.words import Words, code_of

PAGE = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><style>{css}</style></head>
<body><main class="sb login"><h1>{title}</h1>
<form method="post" action="/login">{name}<label for="password">{password}</label>
<input id="password" name="password" type="password" autocomplete="current-password" required{focus}>
<p role="alert">{said}</p><button type="submit">{log_in}</button></form></main></body></html>
"""


NAME = """<label for="name">{name}</label>
<input id="name" name="name" autocomplete="username" autocapitalize="none" spellcheck="false" autofocus>
<p class="soft">{hint}</p>
"""


def login_page(said: Words, trouble: str = "", several: bool = False) -> str:
    """The whole page; ``trouble`` is why the last try did not work, ``several`` asks who it is."""
    page = said.page
    return PAGE.format(
        language=code_of(said),
        css=CSS,
        title=escape(page.title),
        password=escape(page.password),
        log_in=escape(page.log_in),
        said=escape(trouble),
        name=NAME.format(name=escape(page.name), hint=escape(page.name_hint)) if several else "",
        focus="" if several else " autofocus",
    )
