"""The demo city as tests use it: its people, its clock, its applications."""
