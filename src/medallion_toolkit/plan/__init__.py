"""What a change does to the tables that are there: nothing is contacted, two states of the project are compared."""
