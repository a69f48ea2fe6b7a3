"""Frames in, detections out: sources, background, blobs, zones."""
