import { fold, sourceOf, textOf, timeOf, wordOf } from './reading.js';

export const most = 500;

/** The last 500 events, newest on top, of which those are shown that the filter lets through. */
export class Feed {
  #list;
  #template;
  // Newest first; an entry that the filter holds back has no row.
  #entries = [];
  #types = new Set();
  #words = '';

  constructor(list, template) {
    this.#list = list;
    this.#template = template;
  }

  get shown() {
    return this.#list.childElementCount;
  }

  get kept() {
    return this.#entries.length;
  }

  /** Oldest first, as they came. */
  add(readings) {
    const entries = readings.slice(-most).reverse().map((reading) => this.#entry(reading));
    this.#list.prepend(...rowsOf(entries));
    this.#entries.unshift(...entries);
    for (const { row } of this.#entries.splice(most)) row?.remove();
  }

  filter(types, words) {
    this.#types = new Set(types);
    this.#words = fold(words.trim());
    this.render();
  }

  render() {
    this.#entries = this.#entries.map(({ reading }) => this.#entry(reading));
    this.#list.replaceChildren(...rowsOf(this.#entries));
  }

  #entry(reading) {
    const texts = [timeOf(reading), wordOf(reading), textOf(reading), sourceOf(reading)];
    const isShown = this.#types.has(reading.type) && fold(texts.join(' ')).includes(this.#words);
    return { reading, row: isShown ? this.#row(reading, texts) : undefined };
  }

  #row(reading, texts) {
    const row = this.#template.content.cloneNode(true).firstElementChild;
    row.dataset.type = reading.type;
    ['.time', '.word', '.text', '.source'].forEach((part, index) => { row.querySelector(part).textContent = texts[index]; });
    return row;
  }
}

const rowsOf = (entries) => entries.map(({ row }) => row).filter(Boolean);
