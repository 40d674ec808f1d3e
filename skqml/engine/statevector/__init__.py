"""States of many rows at once: gates fused, tables of angles, sweeps over amplitudes."""
