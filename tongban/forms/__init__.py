"""Forms: questions as data. Ask once, prefill with the source shown, check, remember.

Nouns: draft, answer, prefilled value, problem, remembered answer.
Verbs: open a draft, save answers, discard, remember with consent, forget.
Not here: which questions there are (the catalogue compiles them) and filing (packages).
"""
