"""How everything on the page looks: one style sheet."""

from __future__ import annotations

from importlib import resources

CSS = resources.files("monitor.web").joinpath("looks.css").read_text(encoding="utf-8")
