"""The history in SQLite: one writer, any number of readers."""
