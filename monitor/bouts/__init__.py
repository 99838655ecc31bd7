"""Sedentary bouts, breaks and gaps."""
