/** A category of blocks, which can be folded. */

import { memo } from "react";
import type { PaletteCategory } from "../canvas/types";
import { Icon } from "../Icon";
import type { Actions } from "../stack/actions";
import { BlockItem } from "./BlockItem";

interface GroupProps {
  actions: Actions;
  category: PaletteCategory;
  open: boolean;
  reached: string | null; // the button that the Tab key reaches
  fold: (category: string) => void;
}

export const Group = memo(function Group({ actions, category, open, reached, fold }: GroupProps) {
  const { label, blocks } = category;
  return (
    <div role="group" aria-label={label} data-category={category.category}>
      <button
        type="button"
        className="category"
        aria-expanded={open}
        data-stop={category.category}
        tabIndex={reached === category.category ? 0 : -1}
        onClick={() => fold(category.category)}
      >
        <Icon name="chevron" />
        <span className="tick" />
        <span className="label">{label}</span>
        <span className="count">{blocks.length}</span>
      </button>
      <div className="group" hidden={!open}>
        {blocks.map((block) => (
          <BlockItem
            key={block.block}
            {...{ actions, block }}
            category={category.category}
            reached={reached === block.block}
          />
        ))}
      </div>
    </div>
  );
});
