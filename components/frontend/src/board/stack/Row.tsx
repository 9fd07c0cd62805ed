/** One row of the stack; drawn again only where something in it has changed. */

import { memo } from "react";
import { grouped, inSI } from "../../shared/numbers";
import type { NodeRow } from "../canvas/types";
import { Icon } from "../Icon";
import { called } from "./choice";
import { listed } from "./links";

interface RowProps {
  row: NodeRow;
  inputs: string; // the names of its inputs where they are unusual, one a line, else ""
  share: number; // how many of the heaviest row's parameters it has, in percent
  selected: boolean;
  tabbable: boolean; // whether the Tab key reaches it
  open: boolean; // whether what is inside is shown below
  hovered: boolean;
  fresh: boolean; // whether it has just come
  shortcut: string; // what it is a shortcut to, by name, or ""
}

export const Row = memo(function Row(props: RowProps) {
  const { row, inputs, share, selected, tabbable, open, hovered, fresh, shortcut } = props;
  const marks = [hovered && "hover", fresh && "new", shortcut && "aside"].filter(Boolean);
  return (
    <div
      role="treeitem"
      className={["row", ...marks].join(" ")}
      tabIndex={tabbable ? 0 : -1}
      aria-level={1}
      aria-selected={selected}
      aria-expanded={row.layers > 0 ? open : undefined}
      data-node-id={row.id}
      data-category={row.category}
    >
      <span className="bar" />
      <span className="spoken">{called(row)}</span>
      <span className="who">
        <FoldMark
          open={row.layers > 0 ? open : null}
          title={`${open ? "Hide" : "Show"} the ${row.layers} layers inside`}
        />
        <Name row={row} />
        <span className="times" hidden={row.repeat === 1} title={`repeated ${row.repeat} times`}>
          ×{row.repeat}
        </span>
      </span>
      <span className="what">
        <span className="block">{row.block}</span>{" "}
        <span className="parameters" title={row.parameters || undefined}>
          {row.parameters}
        </span>
      </span>
      <span className="spoken">output</span>
      <span
        className={`shape number ${row.shape ? "" : "nothing"}`}
        title={row.shape ? `output ${row.shape}` : "output shape unknown"}
      >
        {row.shape || "?"}
      </span>
      <Params row={row} share={share} />
      <span className="spoken">parameters</span>
      <Inputs names={inputs ? inputs.split("\n") : []} />
      {shortcut && <span className="spoken">on the shortcut to {shortcut}</span>}
      <Issue row={row} />
    </div>
  );
});

/** Where there is no room for all, the number at the end is what tells rows apart. */
function Name({ row }: { row: NodeRow }) {
  const [, stem, number] = /^(.*?)(_?\d*)$/.exec(called(row))!;
  return (
    <span className="name" aria-hidden="true" title={row.name ? `${row.name} (${row.id})` : row.id}>
      <span className="stem">{stem}</span>
      <span>{number}</span>
    </span>
  );
}

function Params({ row, share }: { row: NodeRow; share: number }) {
  const macs = row.macs ? `, ${inSI(row.macs)} MACs (${grouped(row.macs)})` : "";
  return (
    <span className="params number">
      {/* A sliver would be taken for a rule. */}
      <span className="fill" style={{ width: `${share < 2 ? 0 : share}%` }} />
      <span
        className={`figure ${row.params === 0 ? "nothing" : ""}`}
        title={row.shape ? `${grouped(row.params)} parameters${macs}` : "parameters unknown"}
      >
        {row.shape ? grouped(row.params) : "–"}
      </span>
    </span>
  );
}

function Inputs({ names }: { names: string[] }) {
  const title = names.length > 0 ? `takes its input from ${names.join(", ")}` : undefined;
  return (
    <span className="from" hidden={names.length === 0} title={title}>
      {names.length > 0 && `from ${listed(names)}`}
    </span>
  );
}

function Issue({ row: { level, issue, fix } }: { row: NodeRow }) {
  const words = [issue, fix].map((text) => text.replace(/\.$/, "")).filter(Boolean);
  const line = words.join("; ");
  return (
    <span className="issue" hidden={!level} data-level={level || undefined}>
      {level && (
        <>
          <span className="sign">
            <Icon name={level} />
          </span>
          <span className="spoken">{level}:</span>
          <span className="message" title={line}>
            {line}
          </span>
        </>
      )}
    </span>
  );
}

interface FoldMarkProps {
  open: boolean | null; // null where there is nothing to unfold
  title?: string;
}

/** The sign that something can be unfolded: pressed by the pointer, spoken by `aria-expanded`. */
export function FoldMark({ open, title }: FoldMarkProps) {
  return (
    <span className="fold" aria-hidden="true" hidden={open === null} title={title}>
      <Icon name="chevron" />
    </span>
  );
}
