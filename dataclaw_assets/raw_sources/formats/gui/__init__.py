"""Sessions of a user at a screen."""
