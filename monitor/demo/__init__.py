"""A life-size day with no hardware."""
