"""The part of an exported script that makes the callbacks of the training."""

from builder.codegen.keras.python_source import call, quote, source_lines
from builder.training.best_epoch import mode
from builder.training.settings import TrainingSettings


def callbacks_function(name: str, settings: TrainingSettings) -> list[str]:
    """Writes `make_callbacks`, where anything is asked for that needs one.

    Args:
        name: Of the model.
        settings: What is asked for.
    """
    watched = [f"monitor={quote(settings.monitor)}", f"mode={quote(mode(settings.monitor))}"]
    made: list[str] = []
    if settings.patience is not None:
        arguments = [*watched, "patience=PATIENCE"]
        made.append(call("keras.callbacks.EarlyStopping", arguments, depth=2))
    if settings.keep_best:
        arguments = [model_path(name, "-best"), *watched, "save_best_only=True"]
        made.append(call("keras.callbacks.ModelCheckpoint", arguments, depth=2))
    if not made:
        return []
    does = ["Ends the training early"] * (settings.patience is not None)
    does += ["keeps the best model"] * settings.keep_best
    words = " and ".join(does)
    return [
        source_lines(
            "def make_callbacks():",
            f'    """{words[0].upper()}{words[1:]}, by {settings.monitor}."""',
            "    return [",
            *(f"{one}," for one in made),
            "    ]",
        )
    ]


def model_path(name: str, ending: str = "") -> str:
    """Writes the path of the model's file; a name may hold anything, a file's name may not.

    Args:
        name: Of the model.
        ending: What follows the name.
    """
    safe = name.replace("_", "").replace("-", "").isalnum()
    return f'f"{{NAME}}{ending}.keras"' if safe else f'"model{ending}.keras"'
