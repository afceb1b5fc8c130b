import { t } from '../shared/i18n.js';
import { drawLines } from '../shared/lines.js';
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
    const lines = this.#rows.map((row, index) => ({ of: row.querySelector('.line'), dash: dashes[index] }));
    const threshold = { of: container, dash: [1, 4], width: 1 };
    this.#plot = drawLines(container, { height, lines: [...lines, threshold], values: number, size: 62 });
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
