"""How rows come back from quarantine: corrections, the queries that judge them again, the job that runs them."""
