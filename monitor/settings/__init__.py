"""Settings: every part declares its frozen ``Rules``; here they are composed, loaded and explained."""
