"""Say whether this machine and this project are ready, and for each thing that is not, how to make it so."""
