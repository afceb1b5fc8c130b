import { t } from '../shared/i18n.js';
import { describe, isHot } from './reading.js';

const most = 500;

/** The list of events, newest on top, of at most 500 rows. */
export class Rows {
  #list;
  #template;
  #readings = [];

  constructor(list, template) {
    this.#list = list;
    this.#template = template;
  }

  add(readings) {
    this.#readings = [...readings.toReversed(), ...this.#readings].slice(0, most);
    this.#list.prepend(...readings.slice(-most).reverse().map((reading) => this.#row(reading)));
    while (this.#list.childElementCount > most) this.#list.lastElementChild.remove();
  }

  clear() {
    this.#readings = [];
    this.#list.replaceChildren();
  }

  render() {
    this.#list.replaceChildren(...this.#readings.map((reading) => this.#row(reading)));
  }

  #row(reading) {
    const row = this.#template.content.cloneNode(true).firstElementChild;
    row.querySelector('.row-time').textContent = reading.horario ?? '';
    row.querySelector('.row-text').textContent = describe(reading);
    row.querySelector('.row-alert').hidden = !isHot(reading);
    row.querySelector('.row-alert-text').textContent = t('lab.hot');
    return row;
  }
}
