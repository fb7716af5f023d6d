"""Values that a type or rule refuses: which form they have, and the SQL that brings them into another."""
