"""How long a test waits for what is sure to come."""

from __future__ import annotations

PATIENCE_S = 180.0
"""Wall seconds on the busiest machine: it ends a test that hangs, and measures nothing."""
