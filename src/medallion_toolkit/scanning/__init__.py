"""What columns of contracts hold personal data, and the change to the contracts that says so."""
