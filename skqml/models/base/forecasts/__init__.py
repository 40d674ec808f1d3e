"""Closed loops of forecasts, and how wide their intervals are."""
