/** What is inside of a row: quiet lines below it, which can be read and unfolded but not edited. */

import { Fragment, memo } from "react";
import { grouped, inSI } from "../../shared/numbers";
import type { NodeRow } from "../canvas/types";
import { called } from "./choice";
import { type Line, linesOf } from "./inside";
import { FoldMark } from "./Row";
import { ShortcutHead } from "./ShortcutHead";

interface InsideProps {
  row: NodeRow;
  open: ReadonlySet<string>; // the keys of what is unfolded
}

export const Inside = memo(function Inside({ row, open }: InsideProps) {
  const lines = linesOf(row.parts, open);
  return (
    <div className="inside" role="group" aria-label={`Inside of ${called(row)}`}>
      {lines.map((line, at) => (
        <Fragment key={line.part.key}>
          {line.shortcut !== "" && line.shortcut !== lines[at - 1]?.shortcut && (
            <ShortcutHead depth={line.depth} />
          )}
          <PartLine line={line} owner={row.id} />
        </Fragment>
      ))}
    </div>
  );
});

function PartLine({ line: { part, depth, open, shortcut }, owner }: { line: Line; owner: string }) {
  const macs = part.macs ? `, ${inSI(part.macs)} MACs (${grouped(part.macs)})` : "";
  return (
    <div
      role="treeitem"
      className="part"
      tabIndex={-1}
      aria-level={depth + 2}
      aria-expanded={open ?? undefined}
      data-part={part.key}
      data-owner={owner}
      data-category={part.category}
      style={{ "--depth": depth } as React.CSSProperties}
    >
      <span className="bar" />
      <span className="who">
        <FoldMark open={open} />
        <span className="name">{part.title}</span>
        <span className="parameters" title={part.parameters || undefined}>
          {part.parameters}
        </span>
      </span>
      <span className="spoken">output</span>
      <span className="shape number">{part.shape}</span>
      <span
        className={`params number ${part.params === 0 ? "nothing" : ""}`}
        title={`${grouped(part.params)} parameters${macs}`}
      >
        {grouped(part.params)}
      </span>
      <span className="spoken">parameters</span>
      {shortcut !== "" && <span className="spoken">on the shortcut</span>}
    </div>
  );
}
