"""Documents made for the benchmark of engines."""
