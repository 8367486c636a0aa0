"""A random mix of everything that asks the model, and the proof that the ledger is the upstream's journal."""
