"""Other ways to find falls, written as their users write them and measured in the same run."""
