"""Rendered scenes with exact truth, and commented sample files."""
