import { formatNumber, t } from '../shared/i18n.js';

// Of 64 KiB each at most.
const most = 100;
const longest = 600;

/** What came back, newest on top. A long text is folded. */
export class Rows {
  #list;
  #short;
  #long;
  #echoes = [];

  constructor(list, short, long) {
    this.#list = list;
    this.#short = short;
    this.#long = long;
  }

  get isEmpty() {
    return this.#echoes.length === 0;
  }

  add(echo) {
    this.#echoes = [echo, ...this.#echoes].slice(0, most);
    this.#list.prepend(this.#row(echo));
    if (this.#list.childElementCount > most) this.#list.lastElementChild.remove();
  }

  clear() {
    this.#echoes = [];
    this.render();
  }

  render() {
    this.#list.replaceChildren(...this.#echoes.map((echo) => this.#row(echo)));
  }

  #row({ number, took, text }) {
    const isLong = text.length > longest;
    const row = (isLong ? this.#long : this.#short).content.cloneNode(true).firstElementChild;
    row.querySelector('.number').textContent = t('echo.number', { number: formatNumber(number) });
    row.querySelector('.took').textContent = took === undefined ? t('echo.elsewhere') : t('echo.ms', { ms: formatNumber(took, { maximumFractionDigits: 1 }) });
    if (isLong) row.querySelector('summary').textContent = t('echo.folded', { count: formatNumber(text.length) });
    row.querySelector('.text').textContent = text;
    return row;
  }
}
