"""What all benchmarks share: contenders, the runner, the table, the description of the machine."""
