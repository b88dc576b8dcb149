"""One thing, many cases: asked once, accepted once, run in parallel, delivered once.

The package (一件事办件) is the parent proceeding of its cases. It carries what happens once for
all of them: submission and receipt, the one correction notice, acceptance, joint clock, delivery.
"""
