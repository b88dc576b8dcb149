"""The kernel: what the whole house computes with, in plain Python and without Django.

It holds refusals, actors, working-time calendars, clocks, machines, conditions, identifiers,
public numbers, hashes and names. It reads no clock, no database and no file: everything it
needs is an argument, and everything it returns is immutable.
"""
