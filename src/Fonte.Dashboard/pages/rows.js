import { formatRecent } from './i18n.js';
import { setText } from './table.js';

const most = 500;
// The hub sums an event up in 512 bytes of its data; its topics and type may be longer than a line, too.
const mostShown = 300;
const steps = { ArrowDown: 'nextElementSibling', ArrowUp: 'previousElementSibling' };
const ends = { Home: 'firstElementChild', End: 'lastElementChild' };

/** The list of events, newest on top, of at most 500 rows. The Tab key comes to one of them, and arrows lead to the others. */
export class Rows {
  #list;
  #template;
  #onChoose;
  #current;

  constructor(list, template, onChoose) {
    [this.#list, this.#template, this.#onChoose] = [list, template, onChoose];
    list.addEventListener('keydown', (event) => this.#go(event));
    list.addEventListener('focusin', ({ target }) => this.#enter(target.closest('li')));
  }

  get count() { return this.#list.childElementCount; }

  add(events) {
    const isInside = this.#list.contains(document.activeElement);
    this.#list.prepend(...events.slice(-most).reverse().map((event) => this.#row(event)));
    while (this.count > most) this.#list.lastElementChild.remove();
    if (!isInside) this.#enter(this.#list.firstElementChild);
    // The row in hand was the oldest, and is gone.
    else if (!this.#current.isConnected) this.#list.lastElementChild.querySelector('button').focus({ preventScroll: true });
  }

  clear() {
    this.#list.replaceChildren();
  }

  render() {
    for (const time of this.#list.querySelectorAll('time')) showTime(time);
  }

  #go(event) {
    // With these they are the browser's, or an assistive tool's.
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const to = ends[event.key] ? this.#list[ends[event.key]] : steps[event.key] && this.#current?.[steps[event.key]];
    if (!to) return;
    event.preventDefault();
    to.querySelector('button').focus();
  }

  #enter(row) {
    this.#current?.querySelector('button').setAttribute('tabindex', '-1');
    this.#current = row;
    row.querySelector('button').removeAttribute('tabindex');
  }

  #row({ id, type, topics, text, time }) {
    const row = this.#template.content.cloneNode(true).firstElementChild;
    const moment = row.querySelector('time');
    moment.dateTime = new Date(time).toISOString();
    showTime(moment);
    row.querySelector('.row-type').textContent = type.slice(0, mostShown);
    row.querySelector('.row-topic').textContent = topics[0].slice(0, mostShown);
    row.querySelector('.row-data').textContent = text;
    row.querySelector('button').addEventListener('click', () => this.#onChoose(id));
    return row;
  }
}

/** What the hub says of an event: its position, and when it was committed in ms since 1970. */
export function readEvent({ data, lastEventId }) {
  const { time, type = '', topics, text } = JSON.parse(data);
  return { id: lastEventId, time, type, topics, text };
}

function showTime(element) {
  setText(element, formatRecent(new Date(element.dateTime)));
}
