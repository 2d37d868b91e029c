"""Does an article concern a topic, and why. Pure: rules are compiled once (`rules`), then asked (`engine`).

rules         keywords as written → words with their forms, terms, lines
words         folded text → the whole words that some term is looked for by, in one pass
index         text → the terms that stand in it: words side by side, names with a capital letter
choice        one hit for each line of a rule, no two overlapping
engine        Matcher.judge: article → Verdict
explanation   the same decision as data for a reader; examples of keywords.yaml
forms         what one term matches, for a reader
doubts        rules and words that change nothing
evaluation    precision and recall over labelled records
backtest      two judgements of the same articles compared
usage         rules that never fired, fired at anything, or always came second
"""
