"""A run as one HTML file that anyone can open, mail or print."""
