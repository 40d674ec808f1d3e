"""What saved objects hold, and how it is refused where it is not whole."""
