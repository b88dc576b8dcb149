"""The engine: anything with a life, steps and deadlines is a *proceeding* here.

It knows lives (machines), routes (steps, serial and together), clocks, assignment, joins,
people and history. It knows nothing of what a proceeding is about: materials, fees, licences,
tickets and reviews belong to the rooms above, which register a `Kind` and act through `Act`.
"""
