"""Seeded chaos: several conversations at once, faults in the middle of them, and nine rules that must hold.

Three journals are compared: P, what the scripted upstream received and wrote (`plays`); D, the rows of the
database, read by plain SQL (`stored`); B, what each browser was sent (`shown`). `rules` says what must hold.
`make chaos RUNS=50 SEED=1`, or `python -m tests.chaos --help`.
"""
