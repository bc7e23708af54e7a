"""Demonstrations of a robot."""
