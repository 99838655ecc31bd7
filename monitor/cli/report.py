"""``sitbreak report``: the books of a day."""
