"""What an article that no rule found reads like: told by the weights of its words, which labelled stories taught."""
