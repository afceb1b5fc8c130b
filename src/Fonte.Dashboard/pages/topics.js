import { formatNumber, formatTime } from './i18n.js';
import { fill } from './table.js';

const most = 200;
const span = 10;

/** How often which topics come, counted here; those that came most recently. */
export class Topics {
  #known = new Map();

  constructor(body) {
    this.body = body;
  }

  add(events) {
    for (const { topics, moment } of events) {
      for (const topic of topics) this.#count(topic.slice(0, 300), moment);
    }
  }

  render() {
    const now = Math.floor(Date.now() / 1000);
    fill(this.body, [...this.#known].reverse().map(([topic, { count, seconds, latest }]) => [
      topic,
      formatNumber(count),
      formatNumber(seconds.reduce((sum, each) => (each.at > now - span ? sum + each.count : sum), 0) / span, { maximumFractionDigits: 1 }),
      formatTime(latest),
    ]));
  }

  #count(topic, moment) {
    const known = this.#known.get(topic) ?? { count: 0, seconds: [] };
    const at = Math.floor(moment / 1000);
    if (known.seconds.at(-1)?.at !== at) known.seconds = [...known.seconds.slice(1 - span), { at, count: 0 }];
    known.seconds.at(-1).count++;
    known.count++;
    known.latest = moment;
    // The order of a map is that in which its keys came: the most recent is last.
    this.#known.delete(topic);
    this.#known.set(topic, known);
    if (this.#known.size > most) this.#known.delete(this.#known.keys().next().value);
  }
}
