"""Incidents, their packages, and their delivery as work orders."""
