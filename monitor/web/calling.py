"""The alert on the page: the words, the moving exercise, what was counted of it, and the answers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from nicegui import ui

from monitor.events import BreakDue, Suggestion
from monitor.exchange import ExerciseProgress
from monitor.web.desk import BUSY_MIN, Desk, Person
from monitor.web.elements import button, say, section, text
from monitor.web.figures import exercise_picture
from monitor.web.telling import progress


class CallCard:
    """Shown while an alert is open or an exercise is watched; built anew for each, so that it is announced once."""

    def __init__(self, desk: Desk, person: Person) -> None:
        self._desk, self._person = desk, person
        self._shown = ("", "")
        self._progress: ui.html | None = None
        self._frame = ui.element("div")
        self._frame.props["role"] = "alert"

    def refresh(self) -> None:
        """Show what is going on now, or nothing."""
        call = self._desk.invitation(self._person.name)
        state = self._desk.seen[self._person.name].state
        exercise_id, sentence = progress(state)
        wanted = (call.alert_id, "") if call else ("", exercise_id)
        if wanted != self._shown:
            self._shown, self._progress = wanted, None
            self._frame.clear()
            with self._frame:
                self._build(call, state.exercise if state is not None else None)
        if self._progress is not None:
            say(self._progress, sentence)

    def _build(self, call: BreakDue | None, exercise: ExerciseProgress | None) -> None:
        if call is not None:
            with self._card(call.title, call.exercise.exercise_id if call.exercise else ""):
                text(call.message)
                if call.exercise is not None:
                    self._exercise(call.exercise, easier=call.exercise.easier not in call.message)
                self._counter()
                self._answers(call)
                if call.exercise is not None:
                    text(self._person.words.safety.while_moving, classes="soft")
        elif exercise is not None:
            with self._card(exercise.title, exercise.exercise_id):
                text(exercise.dose, "h3")
                text(exercise.how)
                self._counter()

    @contextmanager
    def _card(self, title: str, exercise_id: str) -> Iterator[None]:
        """Its heading, the moving figure, and beside it what follows."""
        with section(title, "calling"):
            picture = exercise_picture(exercise_id, self._person.words)
            with ui.element("div").classes("both" if picture else ""):
                if picture:
                    ui.html(picture, sanitize=False, tag="div").classes("figure")
                with ui.element("div"):
                    yield

    def _counter(self) -> None:
        self._progress = text("", "p", "repetitions", role="status")

    def _exercise(self, exercise: Suggestion, easier: bool) -> None:
        text(f"{exercise.title}: {', '.join(filter(None, (exercise.dose, exercise.side)))}", "h3")
        text(exercise.how)
        if easier:
            text(self._person.words.page.easier.format(easier=exercise.easier.rstrip(".")), classes="soft")

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
            if (exercise := call.exercise) is not None:
                button(said.page.hurts, lambda: self._answer(call, "hurts", exercise.exercise_id))

    def _answer(self, call: BreakDue, name: str, value: str = "PRESS") -> None:
        self._desk.send(self._person.name, name, value, call.alert_id)
