import { machines } from './reading.js';

const length = 10 * 60_000;
const most = 6_000;
const tolerance = 10_000;
const convincing = 3;

/** The measurements of the last ten minutes, one row for each moment. */
export class History {
  #rows = [];
  #behind = 0;

  add(reading) {
    // A chart's time goes one way. One that is far behind says little, as anyone may have said anything; several in a row say that it is the last one that was wrong.
    const isBehind = this.#rows.at(-1)?.at > reading.at + tolerance;
    this.#behind = isBehind ? this.#behind + 1 : 0;
    if (this.#behind >= convincing) while (this.#rows.at(-1)?.at > reading.at + tolerance) this.#rows.pop();
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

