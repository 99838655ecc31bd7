"""The page itself (NiceGUI): one wearer, from now to the month; each browser has its own."""

from __future__ import annotations

import asyncio
from dataclasses import fields
from html import escape
from typing import Any

from fastapi import FastAPI
from nicegui import ui
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from monitor.events import CommandAnswered
from monitor.web import figures
from monitor.web.calling import CallCard
from monitor.web.controls import Controls
from monitor.web.desk import Desk, Person
from monitor.web.elements import button, field, say, section, text
from monitor.web.guard import LOGIN, PICTURES, VISIT, Guard
from monitor.web.looks import CSS
from monitor.web.rules import WebRules
from monitor.web.sessions import Sessions, Visit
from monitor.web.telling import Facts, facts, log_html
from monitor.words import code_of

LIVE_S, BOOKS_S, WEEKS_S = 0.5, 5.0, 30.0
"""How often a browser is told what is now, today's books, and the weeks."""
WEEK, MONTH = 7, 30
ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><circle cx="16" cy="16" r="15" fill="#005a8c"/>'
    '<path d="M11 6v11h9v9M11 17v9" fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round"/></svg>'
)
"""A chair."""


def page_app(desk: Desk, rules: WebRules) -> Guard:
    """The page behind its guard, ready to be served; one in a process, because NiceGUI is one."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    first = next(iter(desk.persons.values())).words

    @app.api_route(f"{PICTURES}{{name}}.svg", methods=["GET", "HEAD"], response_class=Response)
    def picture(name: str) -> Response:
        drawn = figures.exercise_picture(name, first)
        if not drawn:
            return PlainTextResponse("There is no such exercise.\n", 404)
        kept = {"cache-control": "public, max-age=86400"}
        return Response(figures.standalone(drawn), media_type="image/svg+xml", headers=kept)

    hashes = rules.hashes
    _register(desk, log_out=bool(hashes))
    language: Any = {"en": "en-US"}.get(code_of(first), code_of(first))  # as Quasar names them
    looks: dict[str, Any] = {"favicon": ICON, "dark": None, "tailwind": False, "language": language}
    ui.run_with(app, title="sitbreak", show_welcome_message=False, **looks)
    return Guard(app, hashes, Sessions(3600 * rules.session_hours), first, secure=rules.secure)


def _register(desk: Desk, log_out: bool) -> None:
    @ui.page("/", title="sitbreak")
    async def page(request: Request, wearer: str = "") -> Any:
        visit: Visit = request.scope[VISIT]
        visible = visit.sees(desk.persons)
        if wearer and wearer not in visible:
            return RedirectResponse("/")
        await WearerPage(desk, desk.persons[wearer or visible[0]], visit, log_out).build()
        return None


class WearerPage:
    """One wearer in one browser."""

    def __init__(self, desk: Desk, person: Person, visit: Visit, log_out: bool) -> None:
        self._desk, self._person, self._said, self._log_out = desk, person, person.words, log_out
        self._visit, self._timers = visit, list[ui.timer]()
        self._news: tuple[int, dict[str, str]] = (-1, {})
        self._answer = desk.seen[person.name].answer
        self._count = WEEK
        self._why_at = ""

    async def build(self) -> None:
        """Everything with what is known now, then keep it so."""
        ui.add_css(CSS)
        ui.add_body_html(f'<p class="before" aria-hidden="true">{escape(self._said.page.waiting)}</p>')
        self._everything = ui.element("div").classes("sb").props(f"lang={code_of(self._said)}")
        with self._everything:
            self._top()
            with ui.element("main"):
                self._answered = text("", "p", "answer", role="status")
                self._call = CallCard(self._desk, self._person)
                self._now()
                with section(self._said.page.day):
                    self._ribbon = ui.html("", sanitize=False)
                self._log_card()
                self._controls = Controls(self._desk, self._person)
                self._weeks_card()
        await asyncio.to_thread(self._desk.recall, self._person.name)
        self._live()
        await self._books()
        self._timers += [
            ui.timer(LIVE_S, self._live),
            ui.timer(BOOKS_S, self._books, immediate=False),
            ui.timer(WEEKS_S, self._weeks),
        ]

    # --- parts ----------------------------------------------------------------------------------------------

    def _top(self) -> None:
        with ui.element("header").classes("top"):
            text(f"{self._said.page.title}: {self._person.name}", "h1")
            others = [name for name in self._visit.sees(self._desk.persons) if name != self._person.name]
            with ui.element("nav").props(f'aria-label="{self._said.page.wearer}"'):
                for name in others:
                    text(name, "a", href=f"/?wearer={name}")
                if self._log_out:
                    with ui.element("form").props("method=post action=/logout"):
                        text(self._said.page.log_out, "button", type="submit")

    def _now(self) -> None:
        page = self._said.page
        labels = {"sat": page.sat, "next": page.next, "sure": page.sure, "battery": page.battery, "link": page.link}
        with section(page.now):
            self._shown = {"posture": text("", "p", "posture"), "standing": text("", "p", "standing")}
            with ui.element("dl"):
                for name, label in (labels | {"today": page.today}).items():
                    with ui.element("div").classes("wide" if name == "today" else ""):
                        text(label, "dt")
                        self._shown[name] = text("", "dd")

    def _log_card(self) -> None:
        page = self._said.page
        with section(page.log):
            with ui.element("div").classes("row"):
                button(page.why, self._ask_why, first=True)
                field(page.why_at, self._type_why_at, type="time")
            self._why = text("", "p", "why", role="status")
            with ui.element("details"):
                text(page.decisions, "summary")
                self._log = ui.html("", sanitize=False)

    def _weeks_card(self) -> None:
        page = self._said.page
        with section(page.weeks):
            with ui.element("div").classes("buttons"):
                self._spans = {
                    WEEK: button(page.week, lambda: self._span(WEEK)),
                    MONTH: button(page.month, lambda: self._span(MONTH)),
                }
            self._table = ui.html("", sanitize=False).classes("scrolls")
            self._span(WEEK, read=False)

    # --- what is shown --------------------------------------------------------------------------------------

    def _live(self) -> None:
        if not self._visit.lasts():
            self._leave()
            return
        seen = self._desk.seen[self._person.name]
        told = facts(seen.state, self._said, self._person.zone)
        for name in (each.name for each in fields(Facts)):
            say(self._shown[name], getattr(told, name))
        self._call.refresh()
        self._controls.refresh(seen.state)
        if seen.answer is not None and seen.answer is not self._answer:
            self._answer = seen.answer
            self._tell(seen.answer)

    def _leave(self) -> None:
        """The session has ended: nothing more is told, and no button is left to be pressed."""
        for timer in self._timers:
            timer.cancel()
        self._everything.clear()
        ui.navigate.to(LOGIN)

    def _tell(self, answer: CommandAnswered) -> None:
        page = self._said.page
        if not answer.ok:
            say(self._answered, page.refused.format(error=answer.error))
        elif answer.command == "why":
            say(self._why, str(answer.value))
        else:
            say(self._answered, str(answer.value) if answer.command == "hurts" else page.noted)

    async def _books(self) -> None:
        ways = await asyncio.to_thread(self._desk.ways, self._person.name)
        news = (self._desk.seen[self._person.name].news, ways)
        books = await asyncio.to_thread(self._desk.days, self._person.name, 1)
        self._ribbon.set_content(figures.ribbon(books[0], self._said) if books else "")
        if news != self._news:
            self._news = news
            rows = await asyncio.to_thread(self._desk.log, self._person.name)
            self._log.set_content(log_html(rows, self._said, self._person.zone, ways))

    async def _weeks(self) -> None:
        days = await asyncio.to_thread(self._desk.days, self._person.name, self._count)
        self._table.set_content(figures.weeks(days, self._said))

    # --- what is done ---------------------------------------------------------------------------------------

    def _span(self, count: int, read: bool = True) -> None:
        self._count = count
        for each, made in self._spans.items():
            made.props["aria-pressed"] = "true" if each == count else "false"
            made.classes(add="first" if each == count else "", remove="" if each == count else "first")
        if read:
            ui.timer(0, self._weeks, once=True)

    def _type_why_at(self, value: str) -> None:
        self._why_at = value

    def _ask_why(self) -> None:
        self._desk.send(self._person.name, "why", self._why_at or "PRESS")
