"""An application for one item: acceptance, review, decision, licence, on the engine.

A case (办件) holds only the answers and materials that its item consumes, so a department cannot
see more (ARCHITECTURE decision 14). Acceptance for the whole package belongs to `packages`.
"""
