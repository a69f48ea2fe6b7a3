"""Measures accuracy and throughput over folders of clips with truth."""
