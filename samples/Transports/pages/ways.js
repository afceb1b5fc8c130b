// Four ways to be told of the same events. Each resumes with the last event ID that it has seen, and says what it is doing.

import { Connection } from '../shared/connection.js';

const topic = 'transports';
const retryAfter = 2_000;

class Way {
  lastEventId = '';
  interval = 1;
  #running;

  constructor(name, session, handlers) {
    this.name = name;
    this.handlers = handlers;
    this.meter = `${session}.${name}`;
  }

  start() {
    this.#running = new AbortController();
    this.run(this.#running.signal);
  }

  stop() {
    this.#running?.abort();
    this.#running = undefined;
    this.handlers.onState({ state: 'closed' });
  }

  get isRunning() {
    return this.#running !== undefined;
  }

  address(path, more = {}) {
    const address = new URL(path, new URL('../', import.meta.url));
    const cursor = this.lastEventId ? { last_event_id: this.lastEventId } : {};
    for (const [name, value] of Object.entries({ match: topic, meter: this.meter, ...cursor, ...more })) address.searchParams.set(name, value);
    return address;
  }

  take(id, data) {
    this.lastEventId = id;
    this.handlers.onEvent(data);
  }

  retry() {
    this.handlers.onState({ state: 'retrying', until: performance.now() + retryAfter });
    return pause(retryAfter);
  }
}

/** Asks whether there is something: each interval, or with a wait at once, because then the server answers when there is. */
class Polling extends Way {
  constructor(name, session, handlers, wait) {
    super(name, session, handlers);
    this.wait = wait;
  }

  async run(signal) {
    this.handlers.onState({ state: 'connecting' });
    // The first tells where it is, and that the server answers, without waiting for an event.
    let wait = 0;
    while (!signal.aborted) {
      try {
        const response = await fetch(this.address('fonte/poll', { wait }), { signal });
        if (!response.ok) throw new Error(response.statusText);
        const answer = await response.json();
        this.handlers.onState({ state: answer.gap ? 'gap' : 'open' });
        for (const { data } of answer.events) this.take(answer.last_event_id, data);
        this.lastEventId = answer.last_event_id;
        wait = this.wait;
        if (!wait) await pause(this.interval * 1000);
      } catch {
        wait = 0;
        if (!signal.aborted) await this.retry();
      }
    }
  }
}

/** The browser's own EventSource. */
class Streaming extends Way {
  run(signal) {
    const connection = new Connection(this.address('.well-known/mercure'), {
      onEvent: (event) => this.take(event.lastEventId, event.data),
      onState: this.handlers.onState,
    });
    signal.addEventListener('abort', () => connection.close());
    connection.open();
  }
}

/** Reconnects and resumes by its own code: a WebSocket does neither. */
class Socket extends Way {
  async run(signal) {
    while (!signal.aborted) {
      this.handlers.onState({ state: 'connecting' });
      await this.#once(signal);
      if (!signal.aborted) await this.retry();
    }
  }

  #once(signal) {
    const address = this.address('fonte/socket');
    address.protocol = address.protocol.replace('http', 'ws');
    const socket = new WebSocket(address);
    signal.addEventListener('abort', () => socket.close());
    socket.onopen = () => this.handlers.onState({ state: 'open' });
    socket.onmessage = ({ data }) => this.#receive(JSON.parse(data));
    return new Promise((resolve) => { socket.onclose = resolve; });
  }

  #receive(message) {
    if (message.fonte === 'gap') this.handlers.onState({ state: 'gap' });
    if (message.fonte) this.lastEventId = message.last_event_id ?? this.lastEventId;
    else this.take(message.id, message.data);
  }
}

function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** One of each, by name. */
export const ways = {
  polling: (session, handlers) => new Polling('polling', session, handlers, 0),
  longpolling: (session, handlers) => new Polling('longpolling', session, handlers, 25),
  sse: (session, handlers) => new Streaming('sse', session, handlers),
  websocket: (session, handlers) => new Socket('websocket', session, handlers),
};
