"""What may be done about a failed update without asking, and what is only proposed."""
