"""What people do, from end to end."""
