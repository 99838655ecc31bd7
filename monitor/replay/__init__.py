"""A recording through the same pipeline as live."""
