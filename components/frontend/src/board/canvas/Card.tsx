/** What a node or a part looks like: a card, or a frame around what is inside of it. */

import { Handle, type HandleProps, type NodeProps, Position } from "@xyflow/react";
import { memo, useContext, useState } from "react";
import { Icon } from "../Icon";
import { Acts } from "./acts";
import { type CardContent, useCard } from "./contents";
import type { CardNode } from "./flow";
import { facts } from "./overlay";
import type { Box } from "./scene";
import { Tip } from "./Tip";
import type { Direction } from "./types";
import { FromFar } from "./useGrain";

export const Card = memo(function Card({ id, data: { direction } }: NodeProps<CardNode>) {
  const content = useCard(id);
  if (!content) return null;
  const { box, figure, share, gradient } = content;
  return (
    <>
      <div
        className="card"
        {...marks(content)}
        title={[facts(box), gradient].filter(Boolean).join("\n")}
      >
        <div className="head">
          <Name box={box} />
        </div>
        <div className="foot">
          <span className="parameters">{box.parameters}</span>
          <span className="figure">{figure}</span>
        </div>
        {share > 0 && (
          <div className="bar">
            <i style={{ width: `${Math.max(2, 100 * share)}%` }} />
          </div>
        )}
        <Ends {...{ box, direction }} />
      </div>
      <Ticked words={content.ticked} />
    </>
  );
});

export const Frame = memo(function Frame({ id, data: { direction } }: NodeProps<CardNode>) {
  const content = useCard(id);
  if (!content) return null;
  const { box, figure, gradient } = content;
  return (
    <>
      <div className="frame" {...marks(content)}>
        <div className="head" title={[facts(box), gradient].filter(Boolean).join("\n")}>
          <Name box={box} />
          <span className="parameters">{box.parameters}</span>
          <span className="figure">{figure}</span>
        </div>
        <Ends {...{ box, direction }} />
      </div>
      <Ticked words={content.ticked} />
    </>
  );
});

/** What the next ablation takes out of it alone; ticked in its settings. */
function Ticked({ words }: { words: string }) {
  if (!words) return null;
  return (
    <span className="ticked" title={`The next study of its parts trains the network ${words} here`}>
      {words}
    </span>
  );
}

function marks({ box, fit, lit, mark }: CardContent) {
  return {
    "data-node-id": box.id,
    "data-category": box.category,
    "data-level": box.level || undefined,
    "data-unused": box.used ? undefined : "",
    "data-gradient": mark || undefined,
    "data-fit": fit || undefined,
    "data-lit": lit ? "" : undefined,
  };
}

function Name({ box }: { box: Box }) {
  const acts = useContext(Acts);
  const layers = box.layers === 1 ? "layer" : "layers";
  const label = `${box.open ? "Hide" : "Show"} the ${box.layers} ${layers} inside`;
  return (
    <>
      {box.folds && (
        <button
          type="button"
          tabIndex={-1}
          className="fold nodrag"
          aria-expanded={box.open}
          aria-label={`${label} of ${box.title}`}
          title={label}
          onClick={(event) => {
            event.stopPropagation();
            acts.fold(box.id);
          }}
        >
          <Icon name="chevron" />
        </button>
      )}
      <span className="name">{box.title}</span>
      {box.block && <span className="block">{box.block}</span>}
      {box.repeat > 1 && <span className="times">×{box.repeat}</span>}
      {box.level && <Badge box={box} />}
    </>
  );
}

/** The sign of something wrong; what it is, and what to do, on hover and focus. */
function Badge({ box }: { box: Box }) {
  const [shown, setShown] = useState(false);
  return (
    <>
      <span
        className="badge"
        role="img"
        tabIndex={0}
        aria-label={`${box.level}: ${box.issue}${box.fix ? `; ${box.fix}` : ""}`}
        onMouseEnter={() => setShown(true)}
        onMouseLeave={() => setShown(false)}
        onFocus={() => setShown(true)}
        onBlur={() => setShown(false)}
      >
        <Icon name={box.level as "error" | "warning"} />
      </span>
      {shown && (
        <Tip node={box.id} level={box.level as "error" | "warning"}>
          <p>{box.issue}</p>
          {box.fix && <p className="fix">{box.fix}</p>}
        </Tip>
      )}
    </>
  );
}

const DRAW = "Drag to the block that is to read it. A skip: to an Add further on, which reads both";

/** Where lines begin and end. Only those of nodes can be drawn from and to by a person. */
function Ends({ box, direction }: { box: Box; direction: Direction }) {
  const End = useContext(FromFar) ? NoHandle : Handle;
  const [first, last] =
    direction === "down" ? [Position.Top, Position.Bottom] : [Position.Left, Position.Right];
  const own = box.parent === null;
  const quiet = { className: "quiet", isConnectable: false };
  return (
    <>
      <End
        id="in"
        type="target"
        position={first}
        title={own && box.sources ? "What it reads: draw a line here" : undefined}
        {...(own && box.sources ? {} : quiet)}
      />
      <End
        id="out"
        type="source"
        position={last}
        title={own ? DRAW : undefined}
        {...(own ? {} : quiet)}
      />
      {box.open && (
        <>
          <End id="enter" type="source" position={first} {...quiet} />
          <End id="leave" type="target" position={last} {...quiet} />
        </>
      )}
    </>
  );
}

/**
 * Stands for a handle, which listens to every move of the graph: from far nobody can draw from one,
 * and hundreds of them make each move late. React Flow would lose the lines of a card with none.
 */
function NoHandle({ id, type, position }: HandleProps) {
  return <i hidden className={type} data-handleid={id} data-handlepos={position} />;
}
