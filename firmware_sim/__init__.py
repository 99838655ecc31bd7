"""A virtual wearable over a real Bluetooth stack: the band, the body that wears it and the air between."""
