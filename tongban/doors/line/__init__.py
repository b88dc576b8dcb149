"""The operator's door of the hotline: one screen for a call, from the first word to the number.

Who called before, what the words sound like, who else speaks of the same thing and what is known
stand beside what is typed. It decides nothing: `hotline` keeps the rules.
"""
