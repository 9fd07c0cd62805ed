"""Studies: a question that many trainings answer together.

A study varies factors of a document, trains each variant once per seed, and says what may be
concluded. May import `runs` and `scheduler` and what is below them. Begin with `asked.py` (what a
study is), `conductor.py` (its process), `searching.py` (how a search proposes variants) and
`statistics.py` (what a few seeds can tell).
"""
