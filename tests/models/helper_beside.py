"""Imported by behave.py."""
