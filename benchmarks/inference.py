"""Inference of large networks against Keras's own builds of them, in the same run."""

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from benchmarks.report import heading, line, median_seconds, milliseconds
from builder.blocks.symbolic import layer_facts, trace
from builder.codegen.keras.script import to_script
from builder.gallery import TEMPLATES
from builder.gallery.template import block, stack
from builder.network.architecture import Architecture, Node
from builder.network.edits import set_parameters
from builder.network.inference import Inference, infer

REPETITIONS = 15
PUBLISHED = ("nasnet_large", "efficientnet_b7")
"""The largest networks of the gallery: many different layers, few of them alike."""

# The first build of a process is slower than those after it, and is not counted.
_KERAS_BUILD = """
import importlib.util, statistics, sys, time
import keras
keras.layers.Dense(1)(keras.Input((2,)))
for path in sys.argv[2:]:
    specification = importlib.util.spec_from_file_location("exported", path)
    exported = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(exported)
    times = []
    for _ in range(int(sys.argv[1])):
        start = time.perf_counter()
        model = exported.build_model()
        times.append(time.perf_counter() - start)
    print("built", len(model.layers), model.count_params(), statistics.median(times))
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
    _thousand_layers()
    _published()
    _one_change()


def _thousand_layers() -> None:
    architecture = thousand_layers()
    known = infer(architecture)
    cold = median_seconds(lambda: _infer_cold(architecture), REPETITIONS)
    loose = _as_loose_nodes(known)
    loose_cold = median_seconds(lambda: _infer_cold(loose), REPETITIONS)
    edited = iter(
        set_parameters(architecture, architecture.nodes[40].id, {"momentum": 0.5 + step / 1000})
        for step in range(REPETITIONS)
    )
    warm = median_seconds(lambda: infer(next(edited)), REPETITIONS)
    ((layers, params, keras),) = _keras_builds([architecture], 3)
    assert (layers, params) == (known.num_layers, known.total_params), "Keras disagrees"
    line(
        f"{layers:,} layers in modules, nothing cached",
        milliseconds(cold),
        "< 10 ms",
        cold < 0.01,
    )
    line(
        "the same as loose nodes, nothing cached",
        milliseconds(loose_cold),
        "< 10 ms",
        loose_cold < 0.01,
    )
    line("after changing one parameter", milliseconds(warm))
    line("Keras builds it in", f"{keras:.2f} s")
    line("times faster than Keras", f"{keras / cold:,.0f}×", "> 500×", keras / cold > 500)


def _published() -> None:
    """The gallery's largest, each built once by Keras: that takes it long enough."""
    architectures = [TEMPLATES[name].architecture for name in PUBLISHED]
    builds = _keras_builds(architectures, 1)
    for name, architecture, (layers, params, keras) in zip(
        PUBLISHED, architectures, builds, strict=True
    ):
        known = infer(architecture)
        assert (layers, params) == (known.num_layers, known.total_params), "Keras disagrees"
        cold = median_seconds(partial(_infer_cold, architecture), REPETITIONS)
        title = TEMPLATES[name].title
        line(
            f"{title}, {layers:,} layers, nothing cached",
            milliseconds(cold),
            "< 10 ms",
            cold < 0.01,
        )
        line("Keras builds it in", f"{keras:.2f} s")
        times = keras / cold
        line("times faster than Keras", f"{times:,.0f}×", "> 500×", times > 500)


def _one_change() -> None:
    """ResNet-152 after one parameter: of a block that is repeated 35 times, and of its stem."""
    architecture = TEMPLATES["resnet152"].architecture
    stem, middle = architecture.nodes[1], max(architecture, key=lambda node: node.repeat)
    for what, node, value in (
        ("in the middle", middle, 256),
        ("at the beginning: every shape behind it is new", stem, 64),
    ):
        infer(architecture)
        edited = iter(
            set_parameters(architecture, node.id, {"filters": value + step})
            for step in range(1, REPETITIONS + 1)
        )
        warm = median_seconds(lambda edited=edited: infer(next(edited)), REPETITIONS)
        line(f"ResNet-152, filters changed {what}", milliseconds(warm), "< 3 ms", warm < 0.003)


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


def _keras_builds(
    architectures: Sequence[Architecture], times: int
) -> list[tuple[int, int, float]]:
    """Number of layers, of parameters, and the median seconds of `build_model()`, for each."""
    with tempfile.TemporaryDirectory() as folder:
        scripts: list[str] = []
        for architecture in architectures:
            script = Path(folder) / f"{architecture.name}.py"
            script.write_text(to_script(architecture), encoding="utf-8")
            scripts.append(str(script))
        command = [sys.executable, "-c", _KERAS_BUILD, str(times), *scripts]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    found = [text.split()[1:] for text in done.stdout.splitlines() if text.startswith("built ")]
    return [(int(layers), int(params), float(seconds)) for layers, params, seconds in found]
