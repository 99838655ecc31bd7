"""The few kinds of things the page is made of, each with its place in the document's outline."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from html import escape
from itertools import count

from nicegui import ui

_numbers = count(1)


def text(words: str, tag: str = "p", classes: str = "", **attributes: str) -> ui.html:
    """Words in an element; change them with ``say``."""
    made = ui.html(escape(words), sanitize=False, tag=tag).classes(classes)
    for name, value in attributes.items():
        made.props[name.replace("_", "-")] = value
    return made


def say(element: ui.html, words: str) -> None:
    """New words; the same again sends nothing."""
    element.set_content(escape(words))


@contextmanager
def section(title: str, classes: str = "") -> Iterator[ui.element]:
    """A part of the page with its heading, by which screen readers name it."""
    name = f"part-{next(_numbers)}"
    with ui.element("section").classes(f"card {classes}") as made:
        made.props["aria-labelledby"] = name
        text(title, "h2", id=name)
        yield made


def button(words: str, act: Callable[[], None], first: bool = False) -> ui.button:
    """Something that acts."""
    return ui.button(words, on_click=act, color=None).props("flat no-caps").classes("first" if first else "")


def field(label: str, change: Callable[[str], None], value: str = "", **attributes: str) -> ui.element:
    """A labelled input; ``change`` is told what is in it whenever that changes.

    ``value`` is what it begins with ("^": as the attribute, because Vue writes the property anew at every drawing of
    the page, over what is being typed).
    """
    name = f"field-{next(_numbers)}"
    with ui.element("div"):
        text(label, "label", "field", **{"for": name})
        made = ui.element("input")
        made.props.update({"id": name, "^value": value, **{key.replace("_", "-"): v for key, v in attributes.items()}})
        made.on("change", lambda event: change(str(event.args)), js_handler="(e) => emit(e.target.value)")
    return made


def choice(label: str, options: Mapping[str, str], chosen: str, change: Callable[[str], None]) -> dict[str, ui.html]:
    """A labelled list to choose from; gives its options by their values."""
    name = f"field-{next(_numbers)}"
    made: dict[str, ui.html] = {}
    with ui.element("div"):
        text(label, "label", "field", **{"for": name})
        with ui.element("select") as listed:
            listed.props["id"] = name
            for value, words in options.items():
                made[value] = text(words, "option", value=value)
                made[value].props["selected"] = value == chosen
        listed.on("change", lambda event: change(str(event.args)), js_handler="(e) => emit(e.target.value)")
    return made
