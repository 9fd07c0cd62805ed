"""The function of an exported script that keeps images for validation and for a last test."""

from builder.codegen.keras.python_source import source_lines
from builder.codegen.keras.training_plan import TrainingPlan


def split_function(plan: TrainingPlan) -> str:
    """At random, or of each class the same share; the counts of the check follow it."""
    if plan.validates_given:
        return _split_as_given(plan)
    stratified = plan.settings.is_stratified
    of_what = "each class" if stratified else "the images"
    what_for = "validation and for a last test" if plan.test_share else "validation"
    return source_lines(
        "def split(images, labels):",
        f'    """Keeps a share of {of_what} for {what_for}, drawn by the seed."""',
        "    order = np.random.default_rng(SEED).permutation(len(images))",
        "    num_validation = int(np.ceil(len(images) * VALIDATION_SHARE))",
        *(["    num_test = int(np.ceil(len(images) * TEST_SHARE))"] if plan.test_share else []),
        *(_choose_stratified(plan) if stratified else _choose_at_random(plan)),
        *_parts(plan),
    )


def _split_as_given(plan: TrainingPlan) -> str:
    """Keeps the validation set that came with the images; a share for a last test is drawn."""
    others = "order" if plan.test_share else "training"
    tested = " A share of the others is for a last test." if plan.test_share else ""
    drawn = [
        "    num_test = int(np.ceil(len(images) * TEST_SHARE))",
        "    order = np.random.default_rng(SEED).permutation(order)",
        *_choose_test(plan),
    ]
    return source_lines(
        "def split(images, labels):",
        f'    """Keeps the validation set that came with the images, the last of them.{tested}"""',
        f"    {others}, validation = np.split(np.arange(len(images)), [-NUM_VALIDATION])",
        *(drawn if plan.test_share else []),
        *_parts(plan),
    )


def _choose_test(plan: TrainingPlan) -> list[str]:
    if not plan.splits_stratified:
        return ["    test, training = np.split(order, [num_test])"]
    return [
        _class_by_class(plan),
        "    kept = spread(num_test, len(order))",
        "    test, training = order[kept], order[~kept]",
    ]


def _class_by_class(plan: TrainingPlan) -> str:
    classes = "labels[order].argmax(axis=-1)" if plan.loss.one_hot else "labels[order]"
    return f'    order = order[np.argsort({classes}, kind="stable")]  # class by class'


def _choose_at_random(plan: TrainingPlan) -> list[str]:
    if not plan.test_share:
        return ["    validation, training = order[:num_validation], order[num_validation:]"]
    return [
        "    ends = [num_validation, num_validation + num_test]",
        "    validation, test, training = np.split(order, ends)",
    ]


def _choose_stratified(plan: TrainingPlan) -> list[str]:
    lines = [_class_by_class(plan)]
    if plan.test_share:
        return [
            *lines,
            "    kept = spread(num_validation, len(order))",
            "    validation, order = order[kept], order[~kept]",
            "    kept = spread(num_test, len(order))",
            "    test, training = order[kept], order[~kept]",
        ]
    return [
        *lines,
        "    # What is kept is spread evenly over that order: each class gives its share.",
        "    steps = np.arange(len(images) + 1) * num_validation // len(images)",
        "    kept = np.diff(steps) > 0",
        "    training, validation = order[~kept], order[kept]",
    ]


def _parts(plan: TrainingPlan) -> list[str]:
    """What `split` returns."""
    if not plan.is_own and plan.test_share:
        each = "(images[part], labels[part])"
        return [f"    return tuple({each} for part in (training, validation, test))"]
    if not plan.is_own:
        return [
            "    return (images[training], labels[training]), "
            "(images[validation], labels[validation])"
        ]
    lines = [
        "    x_train, x_val = Selection(images, training), Selection(images, validation)",
        "    # Those for validation are few and needed after every epoch: they stay in memory.",
    ]
    if not plan.test_share:
        return [*lines, "    return (x_train, labels[training]), (x_val[:], labels[validation])"]
    return [
        *lines,
        "    x_val, x_test = x_val[:], Selection(images, test)[:]",
        "    training, validation = (x_train, labels[training]), (x_val, labels[validation])",
        "    return training, validation, (x_test, labels[test])",
    ]
