"""Every SQL statement: one file a table or aggregate, one call one transaction. It decides nothing."""
