/** Replaces a table's rows: in each the first text heads it. */
export function fill(body, rows) {
  body.replaceChildren(...rows.map(rowOf));
}

function rowOf(texts) {
  const row = document.createElement('tr');
  row.append(...texts.map((text, index) => {
    const cell = document.createElement(index === 0 ? 'th' : 'td');
    if (index === 0) cell.scope = 'row';
    cell.textContent = text;
    return cell;
  }));
  return row;
}
