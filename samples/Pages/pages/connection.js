// An EventSource reconnects by itself after a break but gives up for ever at an error status, and it tells a page
// neither of the two apart nor how long it is going to wait. This adds what a page needs in order to say so.

const firstWait = 2_000;
const longestWait = 30_000;

export class Connection {
  #url;
  #onEvent;
  #onState;
  #types;
  #source;
  #timer;
  #refusals = 0;
  #lostAt;
  #lastEventId = '';

  /** @param {{ onEvent: (event: MessageEvent) => void, onState: (report: { state: string, until?: number }) => void, types?: string[] }} handlers `types`: those of the events, beside such as have none */
  constructor(url, { onEvent, onState, types = [] }) {
    this.#url = url;
    this.#onEvent = onEvent;
    this.#onState = onState;
    this.#types = types;
  }

  open() {
    this.#end();
    this.#lostAt = undefined;
    this.#onState({ state: 'connecting' });
    const source = new EventSource(this.#address());
    this.#source = source;
    // An event of the log may have one of these types; it is no word of the connection's.
    source.onopen = (event) => event instanceof MessageEvent || this.#opened();
    source.onerror = (event) => event instanceof MessageEvent || this.#failed(source);
    const receive = (event) => {
      this.#lastEventId = event.lastEventId;
      this.#onEvent(event);
    };
    for (const type of ['message', ...this.#types]) source.addEventListener(type, receive);
    source.addEventListener('fonte-gap', (event) => {
      this.#lastEventId = event.lastEventId;
      this.#onState({ state: 'gap' });
    });
  }

  close() {
    this.#end();
    this.#refusals = 0;
    this.#lastEventId = '';
    this.#onState({ state: 'closed' });
  }

  // An EventSource resumes by itself only within its own life; the one that follows a refusal has to be told where the last
  // one was. When it reconnects it sends that as a field too, which goes before the parameter. A page sees the last event ID
  // on events only, not on the blocks that move it in between: until its first event, a refused page starts at the present.
  #address() {
    const url = new URL(this.#url, location.href);
    if (this.#lastEventId) url.searchParams.set('last_event_id', this.#lastEventId);
    return url;
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
