import { addressOf, ask, currentToken } from './api.js';
import { formatNumber, t } from './i18n.js';
import { FonteSource } from './fonte.js';
import { readEvent, Rows } from './rows.js';
import { setText } from './table.js';

const by = (id) => document.getElementById(id);
const mostWaiting = 500;
const drawEvery = 100;
const speakEvery = 10_000;

/** The live events: what is selected, from where, and whether they stand still. */
export class Live {
  #source;
  #rows;
  #topics;
  #waiting = [];
  #received = 0;
  #missed = 0;
  #paused = false;
  #fault = '';
  #hasGap = false;
  #timer;
  #asked = 0;
  #spokenAt = -Infinity;
  #speech;

  constructor(onChoose, topics, onState) {
    [this.#topics, this.onState] = [topics, onState];
    this.#rows = new Rows(by('rows'), by('row'), onChoose);
    by('selection').addEventListener('submit', (event) => { event.preventDefault(); this.open(); });
    by('beginning').addEventListener('change', () => this.#showFields());
    by('pause').addEventListener('click', () => this.#pause());
    by('clear').addEventListener('click', () => {
      this.#spokenAt = -Infinity;
      this.forget();
    });
    // A browser keeps what was chosen when a page is loaded again.
    this.#showFields();
  }

  get isPaused() { return this.#paused; }

  async open() {
    this.close();
    const asked = this.#asked;
    this.forget();
    const query = new URLSearchParams({ [by('kind').value]: by('expression').value });
    const beginning = by('beginning').value;
    let lastEventId = '';
    if (beginning === 'earliest') lastEventId = 'earliest';
    else if (beginning === 'last_event_id') lastEventId = by('after').value;
    else if (beginning === 'since') query.set('since', momentOf(by('since').value));
    // The stream's own refusal has no words.
    const fault = await ask('selection', { ...Object.fromEntries(query), ...(lastEventId && { last_event_id: lastEventId }) })
      .then(() => '', (refusal) => (refusal.status >= 400 && refusal.status < 500 && !refusal.isOfAccess ? refusal.message : ''));
    if (asked !== this.#asked) return;
    this.#fault = fault;
    by('expression').setAttribute('aria-invalid', String(fault !== ''));
    this.#spokenAt = -Infinity;
    this.#render();
    if (fault) return this.onState({ state: 'closed' });
    const address = addressOf('events');
    address.search = query;
    // Tabs with different tokens must not share what one of them may read.
    const token = currentToken();
    this.#listen(new FonteSource(address, { lastEventId, ...(token ? { token: async () => currentToken(), share: false } : { share: 'dashboard' }) }));
  }

  close() {
    this.#asked++;
    this.#source?.close();
    this.#source = undefined;
  }

  /** A stream that waits for its turn need not wait longer. */
  retry() {
    if (this.#source?.state === 'retrying') dispatchEvent(new Event('online'));
  }

  forget() {
    this.#rows.clear();
    this.#topics.clear();
    [this.#waiting, this.#received, this.#missed, this.#hasGap] = [[], 0, 0, false];
    this.#render();
  }

  /** Says all of it again, in the language that is spoken now. */
  render() {
    this.#rows.render();
    this.#render();
  }

  #render() {
    setText(by('pause'), t(this.#paused ? 'events.resume' : 'events.pause'));
    by('summary').classList.toggle('bad', this.#fault !== '');
    const figures = { shown: this.#rows.count, received: this.#received, waiting: this.#waiting.length + this.#missed };
    for (const name of Object.keys(figures)) figures[name] = formatNumber(figures[name]);
    const summary = this.#fault ? t('refused', { detail: this.#fault }) : t(this.#paused ? 'events.summary.paused' : 'events.summary', figures);
    setText(by('summary'), summary);
    setText(by('gap'), this.#hasGap ? t('events.gap') : '');
    this.#speak(summary);
  }

  // Whoever listens to the page is told now and then, and of the last change in any case.
  #speak(summary) {
    clearTimeout(this.#speech);
    const wait = this.#spokenAt + speakEvery - performance.now();
    if (wait > 0) {
      this.#speech = setTimeout(() => this.#speak(summary), wait);
      return;
    }
    this.#spokenAt = performance.now();
    setText(by('spoken'), summary);
  }

  #listen(source) {
    this.#source = source;
    const on = (type, act) => source.addEventListener(type, (event) => source === this.#source && act(event));
    on('message', (event) => this.#take(event));
    on('state', ({ detail }) => this.onState(detail));
    on('gap', () => {
      this.#hasGap = true;
      this.#render();
    });
    this.onState({ state: source.state });
  }

  #take(message) {
    const event = readEvent(message);
    this.#received++;
    this.#topics.add(event);
    this.#waiting.push(event);
    if (this.#waiting.length > mostWaiting) {
      this.#waiting.shift();
      this.#missed++;
    }
    // Many at once are one change of the page.
    this.#timer ??= setTimeout(() => { this.#timer = undefined; this.#draw(); }, drawEvery);
  }

  #draw() {
    if (!this.#paused && this.#waiting.length > 0) {
      this.#rows.add(this.#waiting);
      [this.#waiting, this.#missed] = [[], 0];
    }
    this.#render();
  }

  #pause() {
    this.#paused = !this.#paused;
    this.#spokenAt = -Infinity;
    this.#draw();
  }

  #showFields() {
    for (const [id, beginning] of [['after', 'last_event_id'], ['since', 'since']]) {
      by(id).required = by('beginning').value === beginning;
      by(`${id}-field`).hidden = !by(id).required;
    }
  }
}

// Of a year that a Date cannot write the server says what is wrong.
function momentOf(local) {
  const moment = new Date(local);
  return Number.isNaN(moment.getTime()) || moment.getFullYear() > 9999 ? local : moment.toISOString();
}
