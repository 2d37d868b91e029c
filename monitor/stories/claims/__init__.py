"""What an outlet says happened: the steps of a case, and how sure the outlet is about them."""
