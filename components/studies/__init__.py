"""The Studies page: the list, a study that is asked, and a study with what came out of it.

`page.py` chooses by the address: `?new=QUESTION&doc=ID`, `?study=ID`, or the list. What a study is
stands in `builder.studies`; what is asked of a new one in `builder.actions.study_request`.
"""
