"""Step: which language."""

from __future__ import annotations

from monitor.first_run.guide import Guide
from monitor.words import languages, words


def speak(guide: Guide) -> None:
    """Ask for the language of calls, exercises and page; the conversation goes on in it."""
    codes = languages()
    code = guide.flags.language
    if not code:
        names = [words(each).language for each in codes]
        code = codes[guide.talk.choose("language.which", names, codes.index(guide.talk.language))]
    guide.answers.language = guide.talk.language = code
