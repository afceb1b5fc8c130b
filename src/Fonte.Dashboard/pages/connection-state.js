import { t, onLanguage } from './i18n.js';

/** Shows a connection's state by word and shape: connecting, open, retrying in n s, closed, gap. */
export class ConnectionState extends HTMLElement {
  #word = document.createElement('span');
  #detail = document.createElement('span');
  #report = { state: 'connecting' };
  #tick;

  connectedCallback() {
    const shape = document.createElement('span');
    shape.className = 'shape';
    shape.setAttribute('aria-hidden', 'true');
    // Only the word is announced: a countdown that speaks every second would drown everything else.
    this.#word.setAttribute('role', 'status');
    this.#detail.className = 'detail';
    this.replaceChildren(shape, this.#word, this.#detail);
    onLanguage(() => this.#render());
    this.#render();
  }

  disconnectedCallback() {
    clearInterval(this.#tick);
  }

  /** @param {{ state: string, until?: number }} report `until`, on performance.now()'s clock, is when the next attempt starts. */
  show(report) {
    this.#report = report;
    clearInterval(this.#tick);
    if (report.until !== undefined) this.#tick = setInterval(() => this.#render(), 250);
    this.#render();
  }

  #render() {
    const { state, until } = this.#report;
    this.dataset.state = state;
    // As long as there is no catalogue, in English like all markup.
    const word = t(`connection.${state}`) || state;
    if (this.#word.textContent !== word) this.#word.textContent = word;
    const seconds = Math.ceil((until - performance.now()) / 1000);
    this.#detail.textContent = seconds > 0 ? t('connection.in', { seconds }) : '';
  }
}

customElements.define('connection-state', ConnectionState);
