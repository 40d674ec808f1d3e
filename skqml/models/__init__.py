"""What users fit: a folder a family, none of which imports another, and `base`, what they share."""
