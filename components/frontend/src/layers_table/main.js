/** A large table, row by row: after an edit, rows that are as before are left alone. */

const tables = new WeakMap();
const mold = document.createElement("template");

/** What Streamlit calls with every change. */
export function mount({ parentElement, data }) {
  if (!tables.has(parentElement)) tables.set(parentElement, make(parentElement));
  const { table, head, body, foot, known } = tables.get(parentElement);
  table.className = data.classes;
  put(head, data.head, known.head, (row) => (known.head = row));
  put(foot, data.foot, known.foot, (row) => (known.foot = row));
  data.rows.forEach((row, place) => {
    if (known.rows[place] === row) return;
    const fresh = made(row);
    const old = body.rows[place];
    if (old) old.replaceWith(fresh);
    else body.append(fresh);
  });
  while (body.rows.length > data.rows.length) body.lastElementChild.remove();
  known.rows = data.rows;
}

function make(parent) {
  const table = document.createElement("table");
  const room = document.createElement("div");
  room.className = "cs-scroll";
  room.append(table);
  parent.append(room);
  const [head, body, foot] = [table.createTHead(), table.createTBody(), table.createTFoot()];
  return { table, head, body, foot, known: { head: "", rows: [], foot: "" } };
}

function put(part, row, before, note) {
  if (row === before) return;
  part.replaceChildren(made(row));
  note(row);
}

function made(row) {
  mold.innerHTML = row;
  return mold.content.firstElementChild;
}
