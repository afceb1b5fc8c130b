import { formatNumber, t } from './i18n.js';
import { drawLines } from './lines.js';
import { milliseconds, rate } from './state.js';
import { fill, setText } from './table.js';

const height = 180;
const span = 300_000;
// Where nothing was heard for so long, the line is broken.
const apart = 6_000;
const figures = [
  { name: 'connections', text: rate },
  { name: 'published', text: rate },
  { name: 'lag', text: milliseconds },
];

/** The figures of the last minutes as lines, each with a sentence, and all as a table. */
export class Charts {
  #moments = [];
  #columns = figures.map(() => []);
  #plots;

  constructor(container, template, table) {
    this.table = table;
    this.#plots = figures.map(({ name }) => {
      const figure = template.content.cloneNode(true).firstElementChild;
      const caption = figure.querySelector('figcaption');
      caption.id = `chart-${name}`;
      figure.querySelector('.plot').setAttribute('aria-labelledby', caption.id);
      container.append(figure);
      return { caption, plot: draw(figure.querySelector('.plot')) };
    });
  }

  /** Adds what was measured at a moment in ms; what was not is missing. */
  add(moment, values) {
    const last = this.#moments.at(-1) * 1000;
    // A clock that was set back would have a line go back.
    if (last >= moment) this.forget();
    if (moment - last > apart) this.#push(last + 1, {});
    this.#push(moment, values);
    while (this.#moments[0] * 1000 < moment - span) for (const column of [this.#moments, ...this.#columns]) column.shift();
    this.render();
  }

  forget() {
    for (const column of [this.#moments, ...this.#columns]) column.length = 0;
    this.render();
  }

  #push(moment, values) {
    this.#moments.push(moment / 1000);
    figures.forEach(({ name }, index) => this.#columns[index].push(values[name] ?? null));
  }

  render() {
    const ranges = this.#columns.map(rangeOf);
    this.#plots.forEach(({ caption, plot }, index) => {
      const { name, text } = figures[index];
      const range = ranges[index];
      const key = !range ? 'charts.none' : range.latest === undefined ? 'charts.quiet' : 'charts.sentence';
      setText(caption, t(key, { figure: t(`charts.${name}`), latest: text(range?.latest), lowest: text(range?.lowest), highest: text(range?.highest) }));
      plot.setData([this.#moments, this.#columns[index]]);
    });
    fill(this.table, figures.map(({ name, text }, index) => [t(`charts.${name}`), ...['latest', 'lowest', 'highest'].map((each) => (ranges[index] ? text(ranges[index][each]) : '–'))]));
  }
}

function rangeOf(column) {
  const values = column.filter((value) => value !== null);
  return values.length > 0 ? { latest: column.at(-1) ?? undefined, lowest: Math.min(...values), highest: Math.max(...values) } : undefined;
}

function draw(container) {
  const colour = container.appendChild(document.createElement('span'));
  colour.className = 'line';
  return drawLines(container, {
    height,
    lines: [{ of: colour, points: { size: 4 } }],
    values: (value) => formatNumber(value, { notation: 'compact' }),
    size: 56,
    scales: { y: { range: (_, low, high) => [0, Math.max(high ?? 1, 1) * 1.1] } },
  });
}
