"""No sequence of edits breaks a network, and undo and redo give the very values back."""

from collections.abc import Callable

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from builder.blocks.base import Block
from builder.blocks.catalogue import block_type, catalogue
from builder.documents.history import History
from builder.files.architecture_file import from_json, to_json
from builder.files.clipboard import Clip, paste
from builder.network import edits, insertion
from builder.network.architecture import Architecture
from builder.network.inference import infer
from builder.network.issues import IssueCode
from builder.system.errors import BuilderError
from tests.broken import IMAGE, net
from tests.drawing import ANY_BLOCK

Edit = Callable[[Architecture], Architecture]


class Editing(RuleBasedStateMachine):
    """Random edits: only our own errors, a sound graph, an inference for it, and undo."""

    def __init__(self) -> None:
        super().__init__()
        self.history: History[Architecture] = History(net(IMAGE))
        self.values = [self.history.present]

    def attempt(self, edit: Edit) -> None:
        try:
            changed = edit(self.history.present)
        except BuilderError:
            return
        if changed != self.history.present:
            self.values.append(changed)
        self.history = self.history.push(changed)

    def pick(self, data: st.DataObject) -> str:
        ids = [node.id for node in self.history.present] or ["none"]
        return data.draw(st.sampled_from([*ids, "none"]))

    @rule(made=ANY_BLOCK, data=st.data(), at_end=st.booleans())
    def add(self, made: Block, data: st.DataObject, at_end: bool) -> None:
        after = None if at_end else self.pick(data)
        self.attempt(lambda a: edits.add(a, made, after))

    @rule(made=ANY_BLOCK)
    def add_first(self, made: Block) -> None:
        self.attempt(lambda a: insertion.add_first(a, made))

    @rule(made=ANY_BLOCK, data=st.data())
    def add_on_edge(self, made: Block, data: st.DataObject) -> None:
        source, target = self.pick(data), self.pick(data)
        self.attempt(lambda a: insertion.add_on_edge(a, made, source, target))

    @rule(made=ANY_BLOCK, data=st.data(), reads=st.booleans(), is_read=st.booleans())
    def attach(self, made: Block, data: st.DataObject, reads: bool, is_read: bool) -> None:
        source = self.pick(data) if reads else None
        target = self.pick(data) if is_read else None
        self.attempt(lambda a: insertion.attach(a, made, source, target))

    @rule(data=st.data(), home=st.booleans())
    def paste(self, data: st.DataObject, home: bool) -> None:
        copied = {self.pick(data), self.pick(data)}
        after = self.pick(data)
        document = "here" if home else ""

        def change(architecture: Architecture) -> Architecture:
            nodes = tuple(node for node in architecture if node.id in copied)
            return (
                paste(architecture, Clip(nodes, document), after, "here") if nodes else architecture
            )

        self.attempt(change)

    @rule(name=st.sampled_from(list(catalogue())), data=st.data())
    def replace_block(self, name: str, data: st.DataObject) -> None:
        node = self.pick(data)
        self.attempt(lambda a: edits.replace_block(a, node, block_type(name)))

    @rule(data=st.data(), port=st.none() | st.integers(0, 3))
    def connect(self, data: st.DataObject, port: int | None) -> None:
        source, target = self.pick(data), self.pick(data)
        self.attempt(lambda a: edits.connect(a, source, target, port))

    @rule(data=st.data())
    def disconnect(self, data: st.DataObject) -> None:
        source, target = self.pick(data), self.pick(data)
        self.attempt(lambda a: edits.disconnect(a, source, target))

    @rule(data=st.data(), first=st.booleans())
    def move(self, data: st.DataObject, first: bool) -> None:
        node, after = self.pick(data), None if first else self.pick(data)
        self.attempt(lambda a: edits.move(a, node, after))

    @rule(data=st.data())
    def duplicate(self, data: st.DataObject) -> None:
        node = self.pick(data)
        self.attempt(lambda a: edits.duplicate(a, node))

    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        node = self.pick(data)
        self.attempt(lambda a: edits.remove(a, [node]))

    @rule(data=st.data(), times=st.integers(0, 4))
    def repeat(self, data: st.DataObject, times: int) -> None:
        node = self.pick(data)
        self.attempt(lambda a: edits.repeat(a, node, times))

    @rule(data=st.data(), name=st.sampled_from(["stem", "head", "conv2d_1", "", "no name"]))
    def rename(self, data: st.DataObject, name: str) -> None:
        node = self.pick(data)
        self.attempt(lambda a: edits.rename(a, node, name))

    @precondition(lambda self: self.history.past)
    @rule()
    def undo_and_redo(self) -> None:
        """Undo gives the very value before, redo the very value after it."""
        before, now = self.history.past[-1], self.history.present
        undone = self.history.undo()
        assert undone.present is before
        assert undone.redo().present is now
        self.history = undone

    @precondition(lambda self: self.history.future)
    @rule()
    def redo(self) -> None:
        expected = self.history.future[-1]
        self.history = self.history.redo()
        assert self.history.present is expected

    @invariant()
    def the_graph_is_sound(self) -> None:
        architecture = self.history.present
        ids = [node.id for node in architecture]
        assert len(ids) == len(set(ids))
        for node in architecture:
            assert set(node.inputs) <= set(ids), "an input refers to nothing"
            assert not (node.repeat > 1 and node.block.max_inputs != 1)
        assert set(architecture.outputs) <= set(ids)
        issues = infer(architecture).issues
        assert not any(issue.code is IssueCode.IN_CYCLE for issue in issues), (
            "an edit closed a cycle"
        )

    @invariant()
    def it_can_be_saved(self) -> None:
        architecture = self.history.present
        assert from_json(to_json(architecture)) == architecture


TestEditing = Editing.TestCase
TestEditing.settings = settings(max_examples=25, stateful_step_count=20)
