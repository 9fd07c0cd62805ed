"""The exported Keras script and notebook.

Begin with `script.py`, which puts a script together: `function_source.py` and `model_source.py`
write the network, `training_source.py` the constants; `data_functions.py` and
`training_functions.py` hold the functions of data, compile and fit, which `exported_functions.py`
chooses. `names.py` hands out every name.
"""
