import { addressOf, ask, currentToken } from './api.js';
import { formatNumber, t } from './i18n.js';
import { EverySource } from './event-source.js';
import { readEvent, Rows } from './rows.js';

const by = (id) => document.getElementById(id);
const mostWaiting = 500;
const drawEvery = 100;

/** The live events: what is selected, from where, and whether they stand still. */
export class Live {
  #source;
  #rows;
  #waiting = [];
  #received = 0;
  #missed = 0;
  #paused = false;
  #fault = '';
  #timer;
  #asked = 0;

  constructor(onChoose, onEvents, onState) {
    [this.onEvents, this.onState] = [onEvents, onState];
    this.#rows = new Rows(by('rows'), by('row'), onChoose);
    by('selection').addEventListener('submit', (event) => { event.preventDefault(); this.open(); });
    by('beginning').addEventListener('change', () => this.#showFields());
    by('pause').addEventListener('click', () => this.#pause());
    by('clear').addEventListener('click', () => this.#forget());
    // A browser keeps what was chosen when a page is loaded again.
    this.#showFields();
  }

  async open() {
    const asked = ++this.#asked;
    this.close();
    this.#forget();
    const kind = by('kind').value;
    const expression = by('expression').value;
    // The stream's own refusal has no words.
    this.#fault = kind === 'match' ? '' : await ask('match', { pattern: expression, topic: 'x' }).then(() => '', (refusal) => (refusal.status === 400 ? refusal.message : ''));
    if (asked !== this.#asked) return;
    by('expression').setAttribute('aria-invalid', String(this.#fault !== ''));
    this.render();
    if (this.#fault) return this.onState({ state: 'closed' });
    const beginning = by('beginning').value;
    const address = addressOf('events');
    address.searchParams.set(kind, expression);
    if (beginning === 'since' && by('since').value) address.searchParams.set('since', new Date(by('since').value).toISOString());
    const lastEventId = beginning === 'earliest' ? 'earliest' : beginning === 'last_event_id' ? by('after').value : '';
    // Tabs with different tokens must not share what one of them may read.
    const token = currentToken();
    this.#listen(new EverySource(address, { lastEventId, ...(token ? { token: async () => currentToken(), share: false } : { share: 'dashboard' }) }));
  }

  close() {
    this.#source?.close();
    this.#source = undefined;
  }

  render() {
    by('pause').textContent = t(this.#paused ? 'events.resume' : 'events.pause');
    by('summary').classList.toggle('bad', this.#fault !== '');
    by('summary').textContent = this.#fault ? t('refused', { detail: this.#fault })
      : t(this.#paused ? 'events.summary.paused' : 'events.summary', { shown: formatNumber(this.#rows.count), received: formatNumber(this.#received), waiting: formatNumber(this.#waiting.length + this.#missed) });
  }

  #listen(source) {
    this.#source = source;
    source.onEvent = (event) => source === this.#source && this.#take(event);
    source.addEventListener('state', ({ detail }) => source === this.#source && this.onState(detail));
    source.addEventListener('gap', () => this.onState({ state: 'gap' }));
    this.onState({ state: source.state });
  }

  #take(event) {
    this.#received++;
    this.#waiting.push(readEvent(event));
    if (this.#waiting.length > mostWaiting) { this.#waiting.shift(); this.#missed++; }
    // Many at once are one change of the page.
    this.#timer ??= setTimeout(() => { this.#timer = undefined; this.#draw(); }, drawEvery);
  }

  #draw() {
    if (!this.#paused && this.#waiting.length > 0) {
      this.#rows.add(this.#waiting);
      this.onEvents(this.#waiting);
      [this.#waiting, this.#missed] = [[], 0];
    }
    this.render();
  }

  #pause() {
    this.#paused = !this.#paused;
    this.#draw();
  }

  #forget() {
    this.#rows.clear();
    [this.#waiting, this.#received, this.#missed] = [[], 0, 0];
    this.render();
  }

  #showFields() {
    for (const [id, beginning] of [['after', 'last_event_id'], ['since', 'since']]) {
      by(id).required = by('beginning').value === beginning;
      by(`${id}-field`).hidden = !by(id).required;
    }
  }
}
