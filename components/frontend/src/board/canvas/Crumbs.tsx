/** Where the view is: the network, the block, what is inside of it. */

import type { Box, Scene } from "./scene";

/** The frames from a node down to one that is looked into; none where it is not unfolded. */
export function pathTo(key: string | null, { boxes }: Scene): Box[] {
  const box = key === null ? undefined : boxes.get(key);
  if (!box) return [];
  const path = pathTo(box.parent, { boxes } as Scene);
  return box.children.length > 0 ? [...path, box] : path;
}

interface CrumbsProps {
  title: string;
  path: Box[];
  go: (key: string | null) => void;
}

export function Crumbs({ title, path, go }: CrumbsProps) {
  if (path.length === 0) return null;
  return (
    <nav className="crumbs" aria-label="Where the view is">
      <ol>
        <li>
          <button type="button" title="The whole network" onClick={() => go(null)}>
            {title}
          </button>
        </li>
        {path.map((box, at) => (
          <li key={box.id}>
            <button
              type="button"
              aria-current={at === path.length - 1 ? "location" : undefined}
              onClick={() => go(box.id)}
            >
              {box.parent === null && !box.block ? box.id : box.title}
            </button>
          </li>
        ))}
      </ol>
    </nav>
  );
}
