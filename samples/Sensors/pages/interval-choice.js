import { formatNumber } from '../shared/i18n.js';

const usual = [0.5, 1, 2, 5, 10, 30];

/** How often the machines measure: as they say themselves, and as somebody chooses. */
export class IntervalChoice {
  /** @type {(seconds: number) => Promise<boolean>} whether the machines have taken it over */
  onChoice = async () => false;
  #select;
  #seconds;
  #isAsking = false;

  constructor(select) {
    this.#select = select;
    select.addEventListener('change', () => this.#choose(Number(select.value)));
  }

  show(seconds) {
    // Whoever is just choosing keeps the list.
    if (this.#isAsking || seconds === this.#seconds) return;
    this.#seconds = seconds;
    this.render();
  }

  render() {
    const values = new Set([...usual, this.#seconds ?? usual[0]]);
    const options = [...values].sort((a, b) => a - b).map((value) => new Option(formatNumber(value), value));
    this.#select.replaceChildren(...options);
    this.#select.value = this.#seconds ?? '';
  }

  async #choose(seconds) {
    this.#isAsking = true;
    if (await this.onChoice(seconds)) this.#seconds = seconds;
    this.#isAsking = false;
    this.render();
  }
}
