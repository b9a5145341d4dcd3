"""Where a text came from: catalogue, credits, origins, ledger, matrix."""
