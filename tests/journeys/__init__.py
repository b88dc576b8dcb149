"""Golden journeys: whole lives as transcripts that a lawyer can read and check."""
