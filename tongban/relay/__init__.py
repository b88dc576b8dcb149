"""Requests that leave the city's own hands or come from outside: 110, other cities, emergencies.

What is handed over is sent once however often it is tried, what is told of it is kept once and put
in order, and where danger is spoken of somebody who leads is told at once and says that he knows.
"""
