"""What the city offers: loads, checks, compiles, versions, publishes and searches `content/`.

It is not the place where anything is applied for: it knows no proceeding, no person and no
department's staff. Nouns: item, package, data element, material, licence type, clock template,
calendar, version. Verbs: check, publish, diff, guide, search.
"""
