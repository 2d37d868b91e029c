"""Search queries: words typed in any form → the forms they mean, and whether and where a text has them. Pure."""
