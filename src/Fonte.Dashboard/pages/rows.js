import { formatTime } from './i18n.js';

const most = 500;
// Of a mebibyte of data a row shows a line; all of it is asked for when somebody looks.
const mostShown = 300;

/** The list of events, newest on top, of at most 500 rows. */
export class Rows {
  #list;
  #template;
  #onChoose;

  constructor(list, template, onChoose) {
    [this.#list, this.#template, this.#onChoose] = [list, template, onChoose];
  }

  get count() { return this.#list.childElementCount; }

  add(events) {
    this.#list.prepend(...events.slice(-most).reverse().map((event) => this.#row(event)));
    while (this.#list.childElementCount > most) this.#list.lastElementChild.remove();
  }

  clear() {
    this.#list.replaceChildren();
  }

  #row({ id, type, topics, data, moment }) {
    const row = this.#template.content.cloneNode(true).firstElementChild;
    row.querySelector('.row-time').textContent = formatTime(moment);
    row.querySelector('.row-type').textContent = type === 'message' ? '' : type.slice(0, mostShown);
    row.querySelector('.row-topic').textContent = topics[0]?.slice(0, mostShown) ?? '';
    row.querySelector('.row-data').textContent = data;
    row.querySelector('button').addEventListener('click', () => this.#onChoose(id));
    return row;
  }
}

/** What is kept of an event that came. */
export function readEvent({ data, type, lastEventId }) {
  const envelope = JSON.parse(data);
  return { id: lastEventId, type, topics: envelope.topics, data: envelope.data.slice(0, mostShown), moment: Date.now() };
}
