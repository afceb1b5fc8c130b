import { machines } from './reading.js';

const length = 10 * 60_000;
const most = 6_000;
const tolerance = 10_000;

/** The measurements of the last ten minutes, one row for each moment. */
export class History {
  #rows = [];

  add(reading) {
    // A clock may have been set back, and anyone may have said anything: a chart's time goes one way.
    while (this.#rows.at(-1)?.at > reading.at + tolerance) this.#rows.pop();
    const last = this.#rows.at(-1);
    if (last && reading.at < last.at) return;
    const row = last?.at === reading.at ? last : { at: reading.at };
    if (row !== last) this.#rows.push(row);
    row[reading.machine] = reading;
    while (this.#rows[0].at < reading.at - length || this.#rows.length > most) this.#rows.shift();
  }

  /** As uPlot takes them: the moments, then the values of each machine, null where it was silent. */
  columns(variable) {
    return [this.#rows.map(({ at }) => at / 1000), ...machines.map((machine) => this.#rows.map((row) => row[machine]?.[variable] ?? null))];
  }
}

