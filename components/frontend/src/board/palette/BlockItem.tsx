/** One block to choose: pressed, it is added; dragged, it is put where it is let go. */

import { memo } from "react";
import type { PaletteBlock } from "../canvas/types";
import type { Actions } from "../stack/actions";

interface BlockItemProps {
  actions: Actions;
  block: PaletteBlock;
  category: string;
  reached: boolean; // whether the Tab key reaches it
  marks?: number[]; // the letters that a search met
  first?: boolean; // whether Enter adds it
}

export const BlockItem = memo(function BlockItem(props: BlockItemProps) {
  const { actions, block, category, reached, marks = [], first = false } = props;
  return (
    <button
      type="button"
      className={`block-item ${first ? "first" : ""}`}
      title={block.summary}
      data-block={block.block}
      data-stop={block.block}
      data-category={category}
      tabIndex={reached ? 0 : -1}
      onClick={() => actions.add(block.block)}
      onPointerDown={(event) => actions.carryBlock(event.nativeEvent, block.block, category)}
    >
      <span className="tick" />
      <span className="label">{marks.length > 0 ? marked(block.block, marks) : block.block}</span>
    </button>
  );
});

function marked(name: string, marks: number[]) {
  return [...name].map((letter, at) => {
    const key = `${at}${letter}`;
    return marks.includes(at) ? <b key={key}>{letter}</b> : <span key={key}>{letter}</span>;
  });
}
