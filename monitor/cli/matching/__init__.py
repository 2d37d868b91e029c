"""Commands about rules and what they say of a text: explain, backtest, evaluate, forms, rules. One file a command."""
