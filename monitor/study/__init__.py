"""Many recordings to one table of bouts and one of days: found, spread over processes or machines, joined."""
