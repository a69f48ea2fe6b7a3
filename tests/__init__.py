"""Mirrors the folders."""
