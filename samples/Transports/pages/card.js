import { formatNumber, t } from '../shared/i18n.js';

const mostLatencies = 500;

/** What one way has cost and done. */
export class Card {
  costs = { requests: 0, up: 0, down: 0 };
  /** By how much the server's clock is ahead of this browser's, in milliseconds. */
  clock = 0;
  #latencies = [];
  #events = 0;
  #missed = 0;
  #next;
  #element;

  /** @param {(isOn: boolean) => void} onSwitch */
  constructor(name, template, onSwitch) {
    this.name = name;
    this.#element = template.content.cloneNode(true).firstElementChild;
    this.#element.dataset.way = name;
    const heading = this.#element.querySelector('h2');
    heading.id = `${name}-heading`;
    this.#element.setAttribute('aria-labelledby', heading.id);
    this.#element.querySelector('input').addEventListener('change', ({ target }) => onSwitch(target.checked));
  }

  get element() {
    return this.#element;
  }

  get bytes() {
    return this.costs.up + this.costs.down;
  }

  show(report) {
    this.#element.querySelector('connection-state').show(report);
  }

  /** Takes an event's data; on a server that lets anyone publish, anything may come. */
  take(data) {
    let event;
    try { event = JSON.parse(data); } catch { return; }
    if (!Number.isFinite(event?.number) || !Number.isFinite(event.at)) return;
    this.#events++;
    // A server that was started again counts from one.
    if (event.number > this.#next) this.#missed += event.number - this.#next;
    this.#next = event.number + 1;
    this.#latencies.push(Math.max(0, performance.timeOrigin + performance.now() + this.clock - event.at));
    if (this.#latencies.length > mostLatencies) this.#latencies.shift();
  }

  /** Counts from here on. */
  reset() {
    this.#events = 0;
    this.#missed = 0;
    this.#latencies = [];
  }

  render(mostBytes) {
    const sorted = this.#latencies.toSorted((a, b) => a - b);
    const values = {
      requests: formatNumber(this.costs.requests),
      up: size(this.costs.up),
      down: size(this.costs.down),
      events: formatNumber(this.#events),
      missed: formatNumber(this.#missed),
      p50: time(sorted, 0.5),
      p99: time(sorted, 0.99),
    };
    for (const [name, text] of Object.entries(values)) this.#element.querySelector(`.${name}`).textContent = text;
    for (const element of this.#element.querySelectorAll('[data-i18n]')) element.textContent = t(element.dataset.i18n);
    this.#element.querySelector('h2').textContent = t(`transports.way.${this.name}`);
    this.#element.querySelector('.about').textContent = t(`transports.about.${this.name}`);
    this.#element.querySelector('.gauge').style.setProperty('--part', mostBytes ? this.bytes / mostBytes : 0);
  }
}

function size(bytes) {
  return bytes < 10_000
    ? `${formatNumber(bytes)} B`
    : `${formatNumber(bytes / 1000, { maximumFractionDigits: 0 })} kB`;
}

function time(sorted, quantile) {
  if (sorted.length === 0) return '–';
  return t('transports.ms', { ms: formatNumber(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * quantile))], { maximumFractionDigits: 0 }) });
}
