"""A rig for the edge box: cameras that send real streams in real time, a box, an endpoint, and what they tell."""
