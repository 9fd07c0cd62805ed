/** Written by `python -m scripts.wire`: change the Python, then run that. */

/** What stands in a row and column. */
export interface Cell {
  text: string;
  title: string;
  small: string;
  order: number | string | null;
  level: string;
  progress: number | null;
  dots: number[];
}

/** A column. */
export interface Column {
  key: string;
  label: string;
  kind: "name" | "text" | "number" | "dots";
  down_first: boolean;
  may_hide: boolean;
  mark: number | null;
}

/** A table's rows as HTML: the headings, the rows between, and the totals. */
export interface LayersTableData {
  label: string;
  head: string;
  rows: string[];
  foot: string;
}

/** The list: what it is called, and the id, name and detail of each thing in it. */
export interface OrderData {
  label: string;
  items: [string, string, string][];
}

/** A row. */
export interface Row {
  id: string;
  cells: Record<string, Cell>;
  href: string;
  is_quiet: boolean;
}

/** What a row is sorted by; None puts it last. */
export interface RowOrder {
  name: string;
  state: string;
  data: string;
  best: number | null;
  params: number | null;
  time: number | null;
  begun: number | null;
}

/** The table; `page` tells the pages of a server apart, `turn` numbers what is drawn. */
export interface RowsTableData {
  columns: Column[];
  rows: Row[];
  label: string;
  page: string;
  turn: number;
}

/** A run; `parent` is its study, or empty, and `letter` its place in the comparison. */
export interface RunRow {
  id: string;
  parent: string;
  name: string;
  state: string;
  level: "good" | "active" | "error" | "quiet";
  progress: number | null;
  why: string;
  data: string;
  settings: string;
  time: string;
  begun: string;
  note: string;
  tags: string[];
  order: RowOrder;
  letter: string;
  document: string;
  best: string;
  best_about: string;
  metric: string;
  curve: (number | null)[];
  params: string;
  params_exact: string;
  begun_exact: string;
  active: boolean;
}

/** The table; `page` tells the pages of a server apart, `turn` numbers what is drawn. */
export interface RunsTableData {
  rows: (RunRow | StudyRow)[];
  ticked: string[];
  most: number;
  page: string;
  turn: number;
}

/** A study, which so many runs stand below. */
export interface StudyRow {
  id: string;
  parent: string;
  name: string;
  state: string;
  level: "good" | "active" | "error" | "quiet";
  progress: number | null;
  why: string;
  data: string;
  settings: string;
  time: string;
  begun: string;
  note: string;
  tags: string[];
  order: RowOrder;
  runs: number;
}
