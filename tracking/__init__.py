"""Detections in, falls out: Kalman tracks, association, verdict."""
