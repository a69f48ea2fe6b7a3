"""The building: site file, projection, ballistics, floors and units."""
