"""Does an article concern a topic, and why. Pure: rules are compiled once (`rules`), then asked (`engine`).

rules         keywords as written → words with their forms, terms, lines
index         folded text → the whole words that some rule knows, in one pass
engine        Matcher.judge: article → Verdict
explanation   the same decision as data for a reader; examples of keywords.yaml
forms         what one term matches, for a reader
doubts        rules and words that change nothing
evaluation    precision and recall over labelled records
"""
