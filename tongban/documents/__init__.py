"""Documents: files that people hand in, and papers that organs hand out.

In: content-addressed files, checked and cleaned, kept as materials with a trust grade and offered
for reuse. Out: numbered documents, rendered from data, sealed by the organ that answers for them.
The room knows parties, proceedings and departments by their ids and codes only, and it knows
nothing of licences: those are made by the room above with the same renderer and seal.
"""
