"""Kernel matrices in tiles, for many workers and for little memory."""
