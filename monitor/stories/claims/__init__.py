"""What an outlet tells as having happened: the steps of a case, and how sure the outlet is of them."""
