// An EventSource reconnects by itself after a break but gives up for ever at an error status, and it tells a page
// neither of the two apart nor how long it is going to wait. This adds what a page needs in order to say so.

const firstWait = 2_000;
const longestWait = 30_000;

export class Connection {
  #url;
  #onEvent;
  #onState;
  #source;
  #timer;
  #refusals = 0;
  #lostAt;

  /** @param {{ onEvent: (event: MessageEvent) => void, onState: (report: { state: string, until?: number }) => void }} handlers */
  constructor(url, { onEvent, onState }) {
    this.#url = url;
    this.#onEvent = onEvent;
    this.#onState = onState;
  }

  open() {
    this.#end();
    this.#lostAt = undefined;
    this.#onState({ state: 'connecting' });
    const source = new EventSource(this.#url);
    this.#source = source;
    source.onopen = () => this.#opened();
    source.onerror = () => this.#failed(source);
    source.onmessage = (event) => this.#onEvent(event);
    source.addEventListener('fonte-gap', () => this.#onState({ state: 'gap' }));
  }

  close() {
    this.#end();
    this.#refusals = 0;
    this.#onState({ state: 'closed' });
  }

  #opened() {
    this.#refusals = 0;
    this.#lostAt = undefined;
    this.#onState({ state: 'open' });
  }

  #failed(source) {
    if (source.readyState === EventSource.CLOSED) {
      const wait = Math.min(longestWait, firstWait * 2 ** this.#refusals++);
      this.#timer = setTimeout(() => this.open(), wait);
      this.#onState({ state: 'retrying', until: performance.now() + wait });
      return;
    }

    // The reconnection time is the browser's secret until two attempts in a row have failed: then it is their distance.
    const now = performance.now();
    const until = this.#lostAt === undefined ? undefined : now + (now - this.#lostAt);
    this.#lostAt = now;
    this.#onState({ state: 'retrying', until });
  }

  #end() {
    clearTimeout(this.#timer);
    this.#source?.close();
  }
}
