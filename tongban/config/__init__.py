"""The wiring of the house: settings, addresses, command line, launcher, supervisor, worker.

This room alone knows every other room. It decides nothing about cases or citizens: it starts
processes, hands them their settings and connects what one room announces with what another does.
"""
