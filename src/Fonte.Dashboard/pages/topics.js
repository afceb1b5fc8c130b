import { formatNumber, formatRecent } from './i18n.js';
import { fill } from './table.js';

const most = 200;
const span = 10;

/** How often which topics come, counted here; those that came most recently. Times are the hub's. */
export class Topics {
  #known = new Map();
  #now;

  constructor(body) {
    this.body = body;
  }

  add({ topics, time }) {
    for (const topic of topics) this.#count(topic.slice(0, 300), time);
  }

  clear() {
    this.#known.clear();
    this.render();
  }

  /** @param {number} [now] the hub's time, in ms since 1970 */
  render(now = this.#now) {
    this.#now = now;
    const oldest = Math.floor(now / 1000) - span;
    fill(this.body, [...this.#known].reverse().map(([topic, { count, seconds, latest }]) => [
      topic,
      formatNumber(count),
      formatNumber(seconds.reduce((sum, each) => (each.at > oldest ? sum + each.count : sum), 0) / span, { maximumFractionDigits: 1 }),
      formatRecent(latest),
    ]));
  }

  #count(topic, time) {
    const known = this.#known.get(topic) ?? { count: 0, seconds: [] };
    const at = Math.floor(time / 1000);
    if (known.seconds.at(-1)?.at !== at) known.seconds = [...known.seconds.slice(1 - span), { at, count: 0 }];
    known.seconds.at(-1).count++;
    known.count++;
    known.latest = time;
    // The order of a map is that in which its keys came: the most recent is last.
    this.#known.delete(topic);
    this.#known.set(topic, known);
    if (this.#known.size > most) this.#known.delete(this.#known.keys().next().value);
  }
}
