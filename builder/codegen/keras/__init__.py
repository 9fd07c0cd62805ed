"""The exported Keras script and notebook.

Begin with `script.py`, which puts a script together: `function_source.py` and `model_source.py`
write the network, `training_source.py` the data, compile and fit. `names.py` hands out every name.
"""
