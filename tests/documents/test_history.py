from builder.documents.history import MAX_STEPS, History


def test_undo_and_redo_give_the_values_themselves() -> None:
    first, second, third = object(), object(), object()
    history = History(first).push(second).push(third)
    assert history.undo().present is second
    assert history.undo().undo().present is first
    assert history.undo().undo().redo().redo().present is third


def test_ends_are_quiet() -> None:
    history = History("only")
    assert history.undo() is history
    assert history.redo() is history


def test_an_equal_value_is_no_step() -> None:
    history = History((1, 2))
    assert history.push((1, 2)) is history


def test_a_new_value_forgets_what_was_taken_back() -> None:
    history = History(1).push(2).undo().push(3)
    assert history.future == ()
    assert history.undo().present == 1


def test_the_past_is_bounded() -> None:
    history = History(0)
    for value in range(1, MAX_STEPS + 10):
        history = history.push(value)
    assert len(history.past) == MAX_STEPS
    assert history.past[-1] == MAX_STEPS + 8
