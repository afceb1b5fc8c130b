import uPlot from '../shared/vendor/uplot/uPlot.esm.js';
import { formatTime, t } from '../shared/i18n.js';
import { limit, machines, measure, nameOf, number, unitOf } from './reading.js';

const height = 260;
const dashes = [[], [8, 4], [2, 3], [10, 3, 2, 3]];

/** One variable of all machines as lines, and the same as a sentence and a table. */
export class Chart {
  #plot;
  #rows;

  constructor(container, sentence, body, template) {
    this.sentence = sentence;
    this.#rows = machines.map(() => template.content.cloneNode(true).firstElementChild);
    body.append(...this.#rows);
    // A canvas knows no tokens of the theme: each colour is that of something on the page.
    const colourOf = (element) => () => getComputedStyle(element).color;
    const axis = { stroke: colourOf(container), grid: { stroke: () => getComputedStyle(container).borderColor, width: 1 }, ticks: { show: false }, font: '13px system-ui, sans-serif' };
    this.#plot = new uPlot({
      width: container.clientWidth,
      height,
      legend: { show: false },
      cursor: { show: false },
      axes: [
        { ...axis, size: 34, space: 90, values: (_, moments) => moments.map((moment) => formatTime(moment * 1000)) },
        { ...axis, size: 62, values: (_, values) => values.map(number) },
      ],
      series: [
        {},
        ...machines.map((_, index) => ({ stroke: colourOf(this.#rows[index].querySelector('.line')), width: 2, dash: dashes[index], points: { show: false } })),
        { stroke: colourOf(container), width: 1, dash: [1, 4], points: { show: false } },
      ],
    }, [[], ...machines.map(() => []), []], container);
    new ResizeObserver(() => this.#plot.setSize({ width: container.clientWidth, height })).observe(container);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#plot.redraw());
  }

  show(variable, history) {
    const [moments, ...columns] = history.columns(variable);
    this.#plot.setData([moments, ...columns, moments.map(() => (variable === 'temperature' ? limit : null))]);
    const ranges = columns.map((column) => column.filter((value) => value !== null)).map((values) => (
      values.length > 0 ? { latest: values.at(-1), lowest: Math.min(...values), highest: Math.max(...values) } : undefined));
    this.#rows.forEach((row, index) => this.#tell(row, machines[index], ranges[index]));
    this.sentence.textContent = this.#sentence(variable, ranges);
  }

  #tell(row, machine, range) {
    row.querySelector('.name').textContent = nameOf(machine);
    for (const cell of row.querySelectorAll('td')) cell.textContent = range ? number(range[cell.className]) : '–';
  }

  #sentence(variable, ranges) {
    const known = ranges.map((range, index) => range && { ...range, machine: nameOf(machines[index]) }).filter(Boolean);
    if (known.length === 0) return t('sensors.none');
    const low = known.reduce((best, each) => (each.lowest < best.lowest ? each : best));
    const high = known.reduce((best, each) => (each.highest > best.highest ? each : best));
    return t('sensors.sentence', {
      variable: t(`sensors.${variable}`),
      unit: unitOf(variable),
      lowest: measure(variable, low.lowest),
      coolest: low.machine,
      highest: measure(variable, high.highest),
      hottest: high.machine,
    });
  }
}
