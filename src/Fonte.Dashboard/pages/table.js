/** Shows a table's rows, in each of which the first text heads it. What is the same stays: whoever has selected it can copy it. */
export function fill(body, rows) {
  while (body.childElementCount > rows.length) body.lastElementChild.remove();
  rows.forEach((texts, index) => {
    const row = body.children[index] ?? body.appendChild(rowOf(texts.length));
    texts.forEach((text, column) => setText(row.children[column], text));
  });
}

/** The same text again would lose a selection, and be spoken again where it is an alert. */
export function setText(element, text) {
  if (element.textContent !== String(text)) element.textContent = text;
}

function rowOf(columns) {
  const row = document.createElement('tr');
  for (let column = 0; column < columns; column++) {
    const cell = row.appendChild(document.createElement(column === 0 ? 'th' : 'td'));
    if (column === 0) cell.scope = 'row';
  }
  return row;
}
