"""From posture rows to news, books and calls."""
