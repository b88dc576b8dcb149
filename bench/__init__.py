"""Benchmarks: what the hot paths cost, beside hand-written SQL that writes the same rows."""
