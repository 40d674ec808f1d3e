"""Circuits that reach few basis states, as those of molecules do: amplitudes of these alone, turned pair by pair."""
