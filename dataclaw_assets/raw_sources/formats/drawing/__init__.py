"""Drawings, stroke by stroke."""
