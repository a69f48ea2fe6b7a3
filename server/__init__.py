"""The command centre: takes incidents in, shows them, keeps work orders."""
