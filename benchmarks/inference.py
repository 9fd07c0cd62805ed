"""Inference of a 1,000-layer network against Keras's own build of it, in the same run."""

import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.report import heading, line, median_seconds
from builder.architecture import Architecture, Node
from builder.blocks.symbolic import layer_facts, trace
from builder.codegen.script import to_script
from builder.edits import set_parameter
from builder.inference import Inference, infer
from builder.templates.template import block, stack

REPETITIONS = 15

_KERAS_BUILD = """
import importlib.util, statistics, sys, time
specification = importlib.util.spec_from_file_location("exported", sys.argv[1])
exported = importlib.util.module_from_spec(specification)
specification.loader.exec_module(exported)
times = []
for _ in range(3):
    start = time.perf_counter()
    model = exported.build_model()
    times.append(time.perf_counter() - start)
print(len(model.layers), model.count_params(), statistics.median(times))
"""


def thousand_layers() -> Architecture:
    """A residual network of 1,006 layers in four stages of bottleneck blocks."""
    stages = [
        block("bottleneck_block", filters, strides=1 if (number or stage == 0) else 2)
        for stage, filters in enumerate((16, 32, 64, 128))
        for number in range(25)
    ]
    return stack(
        "thousand_layers",
        block("Input", shape=(64, 64, 3)),
        block("Rescaling", 1 / 255),
        *stages[:-1],
        block("GlobalAveragePooling2D"),
        block("Dense", 10, activation="softmax"),
    )


def run() -> None:
    """Prints the comparison."""
    heading("Inference: shapes and costs of every layer")
    architecture = thousand_layers()
    known = infer(architecture)
    cold = median_seconds(lambda: _infer_cold(architecture), REPETITIONS)
    loose = _as_loose_nodes(known)
    loose_cold = median_seconds(lambda: _infer_cold(loose), REPETITIONS)
    edited = iter(
        set_parameter(architecture, architecture.nodes[40].id, "momentum", 0.5 + step / 1000)
        for step in range(REPETITIONS)
    )
    warm = median_seconds(lambda: infer(next(edited)), REPETITIONS)
    layers, params, keras = _keras_build(architecture)
    assert (layers, params) == (known.num_layers, known.total_params), "Keras disagrees"
    line(
        f"{layers:,} layers in modules, nothing cached",
        f"{cold * 1e3:.2f} ms",
        "< 10 ms",
        cold < 0.01,
    )
    line(
        "the same as loose nodes, nothing cached",
        f"{loose_cold * 1e3:.2f} ms",
        "< 10 ms",
        loose_cold < 0.01,
    )
    line("after changing one parameter", f"{warm * 1e3:.2f} ms")
    line("Keras builds it in", f"{keras:.2f} s")
    line("times faster than Keras", f"{keras / cold:,.0f}×", "> 500×", keras / cold > 500)


def _infer_cold(architecture: Architecture) -> Inference:
    trace.cache_clear()
    layer_facts.cache_clear()
    infer.cache_clear()
    return infer(architecture)


def _as_loose_nodes(known: Inference) -> Architecture:
    """The same layers, each a node of its own."""
    nodes: list[Node] = []
    outputs: dict[str, str] = {}
    for inferred in known.used:
        sources = [outputs[source] for source in inferred.node.inputs]
        for inner in inferred.traces:
            start = len(nodes)
            for call in inner.calls:
                inputs = tuple(
                    nodes[start + i].id if i >= 0 else sources[-1 - i] for i in call.inputs
                )
                layer = call.facts.layer
                nodes.append(Node(f"{layer.prefix()}_{len(nodes)}", layer, inputs))
            sources = [nodes[start + inner.output].id]
        outputs[inferred.node.id] = sources[0]
    return Architecture("loose", tuple(nodes))


def _keras_build(architecture: Architecture) -> tuple[int, int, float]:
    """Number of layers, of parameters, and the median seconds of `build_model()`."""
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "exported.py"
        script.write_text(to_script(architecture), encoding="utf-8")
        command = [sys.executable, "-c", _KERAS_BUILD, str(script)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    layers, params, keras_seconds = done.stdout.split()[-3:]
    return int(layers), int(params), float(keras_seconds)
