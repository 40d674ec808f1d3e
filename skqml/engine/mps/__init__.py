"""States of many rows as matrix products."""
