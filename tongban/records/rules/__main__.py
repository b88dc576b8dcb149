"""Verify an export on any machine: `python -m tongban.records.rules EXPORT`.

Needs Python, the package `cryptography` and the two folders `tongban/kernel` and
`tongban/records/rules`; no database, no settings, no Django.
"""

import sys

from tongban.records.rules.offline import main

sys.exit(main(sys.argv[1:]))
