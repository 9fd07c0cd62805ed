/**
 * Fuzzy search over block names and summaries.
 *
 * A name that begins with the query comes first, then one with these initials ("bn"), then one with
 * a word that begins with it, then one whose letters contain it in order ("glap" finds
 * GlobalAveragePooling2D); last come summaries with all the words.
 */

const SEPARATOR = /[\s_-]/;

export interface Findable {
  block: string;
  summary: string;
}

/** A block that fits, with the places of the letters that were met. */
export interface Hit<T extends Findable> {
  block: T;
  marks: number[];
}

interface Match {
  score: number; // 0 for none
  marks: number[];
}

/** The blocks that fit, best first. */
export function search<T extends Findable>(query: string, blocks: readonly T[]): Hit<T>[] {
  const wanted = query.trim().toLowerCase();
  return blocks
    .map((block, order) => ({ block, order, ...match(wanted, block) }))
    .filter((hit) => hit.score > 0)
    .sort((a, b) => b.score - a.score || a.order - b.order);
}

function match(wanted: string, { block, summary }: Findable): Match {
  // Whether one types "_" or not makes no difference.
  const kept = [...block].flatMap((letter, i) => (SEPARATOR.test(letter) ? [] : i));
  const name = kept.map((i) => block[i]!.toLowerCase()).join("");
  const letters = wanted.replaceAll(/[\s_-]+/g, "");
  const at = letters ? name.indexOf(letters) : -1;
  const run = kept.slice(at, at + letters.length);
  if (at === 0) return { score: 400 - name.length, marks: run };
  const marks = inOrder(letters, block, true) ?? inOrder(letters, block, false);
  const starts = marks?.filter((i) => startsWord(block, i)).length ?? 0;
  if (marks && marks[0] === 0 && starts === marks.length) return { score: 350, marks };
  if (at > 0) return { score: (startsWord(block, kept[at]!) ? 300 : 200) - at, marks: run };
  if (marks) return { score: 100 + starts, marks };
  const words = wanted.split(/\s+/).filter(Boolean);
  const text = `${block.toLowerCase()} ${summary.toLowerCase()}`;
  const all = words.length > 0 && words.every((word) => text.includes(word));
  return { score: all ? 1 : 0, marks: [] };
}

/** Where the letters stand in the name, at words' starts if so wished; null if they don't. */
function inOrder(letters: string, block: string, preferStarts: boolean): number[] | null {
  const name = block.toLowerCase();
  const marks: number[] = [];
  let from = 0;
  for (const letter of letters) {
    let at = name.indexOf(letter, from);
    if (at < 0) return null;
    for (let i = at; preferStarts && i >= 0; i = name.indexOf(letter, i + 1)) {
      if (!startsWord(block, i)) continue;
      at = i;
      break;
    }
    marks.push(at);
    from = at + 1;
  }
  // Far-flung letters are chance, not intent: at least a third must start words.
  const starts = marks.filter((i) => startsWord(block, i)).length;
  return letters && starts * 3 >= marks.length ? marks : null;
}

function startsWord(name: string, at: number): boolean {
  return at === 0 || /[A-Z]/.test(name[at]!) || SEPARATOR.test(name[at - 1]!);
}
