"""Neural networks: registry, crops, back ends."""
