"""The wearables that can be simulated: what they send and what they understand."""
