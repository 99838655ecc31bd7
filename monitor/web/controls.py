"""What may be changed while the program runs: the limit, how insistent, pause and busy. The file stays as it is."""

from __future__ import annotations

from nicegui import ui

from monitor.exchange import WearerState
from monitor.web.desk import BUSY_MIN, Desk, Person
from monitor.web.elements import button, choice, field, section


class Controls:
    """The settings card; shows what is in force, also when another surface has changed it."""

    def __init__(self, desk: Desk, person: Person) -> None:
        self._desk, self._person, page = desk, person, person.words.page
        self._limit_min, self._shown = "", (0.0, "")
        with section(page.settings):
            with ui.element("div").classes("row"):
                self._limit = ui.element("div")
                button(page.save, lambda: self._send("limit", self._limit_min))
                button(page.reset, self._reset)
                self._profiles = choice(page.profile, page.profiles, "", lambda value: self._send("profile", value))
            with ui.element("div").classes("buttons").style("margin-top: .8rem"):
                button(page.start, lambda: self._send("break"))
                self._pause = button(page.pause, lambda: self._send("pause", "ON"))
                self._resume = button(page.resume, lambda: self._send("pause", "OFF"))
                busy = page.busy.format(length=person.words.duration(60 * BUSY_MIN))
                self._busy = button(busy, lambda: self._send("busy", str(BUSY_MIN)))
                self._free = button(page.not_busy, lambda: self._send("busy", "OFF"))
                button(page.exercises, lambda: self._send("hurts", "OFF"))

    def refresh(self, state: WearerState | None) -> None:
        """Show what is in force."""
        if state is None:
            return
        self._pause.set_visibility(not state.paused)
        self._resume.set_visibility(state.paused)
        self._busy.set_visibility(not state.busy)
        self._free.set_visibility(state.busy)
        if (state.limit_s, state.profile) == self._shown:
            return
        self._shown = (state.limit_s, state.profile)
        self._show_limit(f"{state.limit_s / 60:g}")
        for value, option in self._profiles.items():
            option.props["selected"] = value == state.profile

    def _show_limit(self, minutes: str) -> None:
        self._limit_min = minutes
        self._limit.clear()
        kind = {"type": "number", "min": "1", "max": "240", "step": "any", "inputmode": "decimal"}
        with self._limit:
            field(self._person.words.page.limit, self._type_limit, minutes, **kind)

    def _type_limit(self, value: str) -> None:
        self._limit_min = value

    def _reset(self) -> None:
        for name in ("limit", "profile"):
            self._send(name, "RESET")

    def _send(self, name: str, value: str = "PRESS") -> None:
        self._desk.send(self._person.name, name, value)
