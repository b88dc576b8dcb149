"""Pure decisions of the journal: what is hashed, sealed, encrypted and how it is verified.

No Django in here, so that an export can be verified on any machine with Python and the package
`cryptography`: `python -m tongban.records.rules EXPORT`.
"""
