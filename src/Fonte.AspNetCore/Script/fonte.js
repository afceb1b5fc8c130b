// An EventSource that does not give up, and of which all tabs of a browser share one: docs/fonte-js.md.

// WHATWG HTML, section 9.2.6. A block without data only moves the ID.
function interpreter(id, onBlock, onRetry) {
  let [type, data, rest, afterReturn] = ['', '', '', false];
  return (text) => {
    // A CR ends its line at once: its LF may come later.
    if (afterReturn && text[0] === '\n') text = text.slice(1);
    afterReturn = text.endsWith('\r');
    const lines = text.split(/\r\n?|\n/);
    lines[0] = rest + lines[0];
    rest = lines.pop();
    for (const line of lines) {
      const [, field, value] = /^([^:]*):? ?([^]*)$/.exec(line);
      if (!line) {
        onBlock(data ? { id, type: type || 'message', data: data.slice(0, -1) } : { id });
        type = data = '';
      } else if (field === 'event') type = value;
      else if (field === 'data') data += value + '\n';
      else if (field === 'id' && !value.includes('\0')) id = value;
      else if (field === 'retry' && /^\d+$/.test(value)) onRetry(+value);
    }
  };
}

// Before the `exp` of a JWT.
function renewalOf(token) {
  try {
    return JSON.parse(atob(token.split('.')[1].replace(/-/g, '+').replace(/_/g, '/'))).exp * 1_000 - 30_000;
  } catch {
    return NaN;
  }
}

/** Dispatches each event as a `MessageEvent`, and `state` and `gap` as `CustomEvent`s. */
export class FonteSource extends EventTarget {
  #url;
  #options;
  #name;
  #report = { state: 'connecting' };
  #closed = new AbortController();
  #stay;
  #channel;
  #watch;
  #isLeader;
  #retry = 3_000;
  #failures = 0;
  #token;
  #renewAt = 0;

  // Where this tab is: behind n events of a group. The nth is the same whoever reads it; who has seen it drops it. Only a gap
  // begins another group.
  #group = Math.random();
  #n = 0;
  #id;

  /**
   * @param {string | URL} url
   * @param {{ token?: () => Promise<string | void>, credentials?: RequestCredentials, lastEventId?: string, share?: string | false,
   *   silence?: number }} [options]
   */
  constructor(url, options = {}) {
    super();
    this.#url = new URL(url, location.href);
    this.#options = { silence: 45_000, ...options };
    this.#id = options.lastEventId ?? '';
    const isShared = options.share !== false && !this.#id && !/[?&](last_event_id|since|gap)=/.test(this.#url);
    // Only secure contexts have locks.
    if (isShared && navigator.locks) this.#name = `fonte ${options.share} ${this.#url}`;
    const on = (act, ...types) => types.forEach((type) => addEventListener(type, act, { signal: this.#closed.signal, capture: true }));
    on(() => this.#leave(), 'pagehide', 'freeze');
    on(() => (this.#stay.signal.aborted || this.state === 'retrying') && this.#join(), 'pageshow', 'resume', 'online');
    this.#join();
  }

  get state() { return this.#report.state; }
  get lastEventId() { return this.#id; }

  close() {
    this.#closed.abort();
    this.#leave();
    this.#show({ state: 'closed' });
  }

  // The tab with the lock, the leader, reads and tells the others. The next resumes where it is itself: what the last did not tell comes again.
  #join(steal) {
    if (this.state === 'closed') return;
    this.#stop(steal);
    const { signal } = this.#stay = new AbortController();
    if (!this.#name) return this.#read(signal);
    this.#channel ??= new BroadcastChannel(this.#name);
    this.#channel.onmessage = ({ data }) => this.#hear(data);
    this.#channel.postMessage(null);
    this.#listen();
    navigator.locks.request(this.#name, steal ? { steal } : { signal }, () => signal.aborted || new Promise((release) => {
      signal.onabort = release;
      this.#isLeader = true;
      this.#read(signal);
    })).catch(({ name }) => signal.aborted || (name === 'AbortError' ? this.#join() : this.#goAlone()));
  }

  #stop(isLeader) {
    this.#isLeader = isLeader;
    this.#stay?.abort();
    clearTimeout(this.#watch);
  }

  #leave() {
    this.#stop();
    this.#channel = this.#channel?.close();
  }

  #goAlone() {
    this.#leave();
    this.#name = '';
    this.#join();
  }

  // Where nothing comes any more, from the hub or a leader that hangs, another leads. Who has no ID yet goes alone.
  #expect(ms) {
    clearTimeout(this.#watch);
    this.#watch = setTimeout(() => (this.#isLeader || this.#id ? this.#join(!this.#isLeader) : this.#goAlone()), Math.min(ms, 2e9));
  }

  #listen(until = 0) {
    this.#expect(Math.max(0, until - Date.now()) + this.#options.silence * (1 + Math.random()));
  }

  #tell(block) {
    const message = { group: this.#group, n: this.#n, id: this.#id, report: this.#report, ...block };
    if (this.#isLeader) this.#channel?.postMessage(message);
    return message;
  }

  #hear(message) {
    if (!message || this.#isLeader) return message || this.#tell();
    this.#listen(message.report.until);
    this.#show(message.report);
    this.#take(message);
  }

  #show(report) {
    if (report.state === this.state && report.until === this.#report.until) return;
    this.#report = report;
    this.#tell();
    this.dispatchEvent(new CustomEvent('state', { detail: report }));
    if (report.state === 'closed') this.close();
  }

  #take({ group, n, id, type, data }) {
    if (this.state === 'closed') return;
    // Who has seen nothing begins here.
    if (!this.#id) [this.#group, this.#n] = [group, n];
    const isGap = type === 'fonte-gap';
    // Another group's numbers say nothing here.
    if (group !== this.#group && !(isGap && n === this.#n)) return this.#goAlone();
    // It was frozen: as leader it reads what it missed; the others drop that.
    if (n > this.#n) return this.#join(true);
    if (n < this.#n) return;
    [this.#group, this.#id] = [group, id];
    if (!type) return;
    this.#n++;
    if (isGap) this.dispatchEvent(new CustomEvent('gap', { detail: JSON.parse(data) }));
    // No publisher speaks for this class.
    else this.dispatchEvent(new MessageEvent(/^(state|gap)$/.test(type) ? 'message' : type, { data, lastEventId: id }));
  }

  async #read(signal) {
    while (!signal.aborted) {
      this.#show({ state: 'connecting' });
      const asked = await this.#connect(signal).catch(() => {});
      if (signal.aborted) return;
      clearTimeout(this.#watch);
      const wait = Math.min(Math.max(this.#retry * 2 ** Math.min(this.#failures++, 4) * (1 + Math.random() / 2), asked || 0), 2e9);
      this.#show({ state: 'retrying', until: Date.now() + wait });
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }

  // How many ms the hub asks to wait.
  async #connect(signal) {
    const alive = () => {
      const left = this.#renewAt - Date.now();
      this.#expect(Math.min(this.#options.silence, left > 0 ? left : Infinity));
    };
    alive();
    let response = await this.#request(signal);
    if (this.#options.token && [401, 403].includes(response.status)) {
      this.#renewAt = 0;
      response = await this.#request(signal);
    }
    if ([204, 400, 410].includes(response.status)) return this.#show({ state: 'closed' });
    if (!response.ok || !/^text\/event-stream\b/i.test(response.headers.get('Content-Type'))) {
      response.body?.cancel();
      return +response.headers.get('Retry-After') * 1_000;
    }
    this.#show({ state: 'open' });
    const interpret = interpreter(this.#id, (block) => {
      this.#failures = 0;
      if (block.type === 'fonte-gap') this.#group = Math.random();
      this.#take(this.#tell(block));
    }, (ms) => { this.#retry = Math.max(ms, 100); });
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    while (true) {
      alive();
      const { done, value } = await reader.read();
      if (done) return;
      interpret(value);
    }
  }

  async #request(signal) {
    const { token, credentials } = this.#options;
    if (token && Date.now() >= this.#renewAt) this.#renewAt = renewalOf(this.#token = await token());
    const headers = { Accept: 'text/event-stream', ...(this.#token && { Authorization: `Bearer ${this.#token}` }) };
    if (this.#id) this.#url.searchParams.set('last_event_id', this.#id);
    return fetch(this.#url, { headers, credentials, cache: 'no-store', signal });
  }
}
