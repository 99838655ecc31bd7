"""The history in SQLite: one writer, any number of readers."""

HISTORY_FILE = "history.sqlite3"
"""Its name in the state directory."""
