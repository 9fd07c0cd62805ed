"""Studies: a question that many trainings answer together.

A study varies factors of a document, trains each variant once per seed, and says what may be
concluded. May import `runs` and `scheduler` and what is below them. Begin with `statistics.py`
(what a few seeds can tell).
"""
