"""The alert on the page: the words, the moving exercise, what was counted of it, and the answers."""

from __future__ import annotations

from nicegui import ui

from monitor.events import BreakDue, Suggestion
from monitor.web.desk import Desk, Person
from monitor.web.elements import button, say, text
from monitor.web.figures import exercise_picture
from monitor.web.telling import repetitions

BUSY_MIN = 30
"""How long "busy" lasts by one press: a usual meeting."""


class CallCard:
    """Shown while an alert is open; built anew for each alert, so that a screen reader says it once."""

    def __init__(self, desk: Desk, person: Person) -> None:
        self._desk, self._person = desk, person
        self._shown: str | None = None
        self._counted: ui.html | None = None
        self._frame = ui.element("div")
        self._frame.props["role"] = "alert"

    def refresh(self) -> None:
        """Show what is open now, or nothing."""
        call = self._desk.invitation(self._person.name)
        if (call.alert_id if call else None) != self._shown:
            self._shown = call.alert_id if call else None
            self._frame.clear()
            self._counted = None
            if call is not None:
                with self._frame:
                    self._build(call)
        state = self._desk.seen[self._person.name].state
        if self._counted is not None and state is not None:
            say(self._counted, repetitions(state, self._person.words))

    def _build(self, call: BreakDue) -> None:
        with ui.element("section").classes("card calling") as made:
            made.props["aria-labelledby"] = "call-title"
            text(call.title, "h2", id="call-title")
            picture = exercise_picture(call.exercise.exercise_id, self._person.words) if call.exercise else ""
            with ui.element("div").classes("both" if picture else ""):
                if picture:
                    ui.html(picture, sanitize=False, tag="div").classes("figure")
                with ui.element("div"):
                    text(call.message)
                    if call.exercise is not None:
                        self._exercise(call.exercise)
            self._answers(call)

    def _exercise(self, exercise: Suggestion) -> None:
        text(f"{exercise.title}: {exercise.dose}", "h3")
        text(exercise.how)
        text(self._person.words.page.easier.format(easier=exercise.easier.rstrip(".")), classes="soft")
        self._counted = text("", "p", "repetitions", role="status")

    def _answers(self, call: BreakDue) -> None:
        said = self._person.words
        with ui.element("div").classes("buttons"):
            button(said.page.done, lambda: self._answer(call, "done"), first=True)
            snooze = said.page.snooze.format(length=said.duration(60 * self._person.snooze_min))
            button(snooze, lambda: self._answer(call, "snooze", f"{self._person.snooze_min:g}"))
            button(said.page.skip, lambda: self._answer(call, "skip"))
            button(said.page.wrong, lambda: self._answer(call, "wrong"))
            busy = said.page.busy.format(length=said.duration(60 * BUSY_MIN))
            button(busy, lambda: self._answer(call, "busy", str(BUSY_MIN)))

    def _answer(self, call: BreakDue, name: str, value: str = "PRESS") -> None:
        self._desk.send(self._person.name, name, value, call.alert_id)
