"""What could be wrong around the program, found before it bites: a table of checks, one file a subject."""
