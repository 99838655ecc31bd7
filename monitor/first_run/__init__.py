"""``sitbreak setup``: a guided first run, step by step; it can be left anywhere and taken up again there."""
