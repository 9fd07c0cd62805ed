"""The results of a training: evaluation, gradients, predictions, exports of the model.

May import `scheduler`, `runs` and what is below them. Begin with `evaluation.py` and
`prediction.py`.
"""
