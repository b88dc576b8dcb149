"""What the benchmarks share: a city of their own, clients, meters, the floor."""
