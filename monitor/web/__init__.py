"""The web page: what is now, the day, the answers; for a browser on this computer, or with a password beyond."""
