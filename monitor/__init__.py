"""sitbreak's monitor: from a wearable's packets to an invitation to stand up, and the break seen."""

from __future__ import annotations

__version__ = "0.1.0"
