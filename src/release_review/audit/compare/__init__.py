"""Two reviews of the same releases, side by side: what changed, and why it did.

`audit --diff` compares two ledgers with it; `impact` compares a ledger with what another policy makes of its releases.
"""
