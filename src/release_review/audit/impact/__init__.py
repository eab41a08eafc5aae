"""What another policy would have said of the releases of a ledger: each is reviewed again and compared."""
