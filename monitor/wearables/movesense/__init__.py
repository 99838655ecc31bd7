"""Movesense over GSP: see ``driver`` for the conversation; ``codec`` knows the bytes."""

from __future__ import annotations

from monitor.wearables.movesense.driver import Movesense, MovesenseRules

__all__ = ["Movesense", "MovesenseRules"]
