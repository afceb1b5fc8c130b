import { formatTime, t } from '../shared/i18n.js';
import { limit, machines, measure, nameOf, variables } from './reading.js';

// So many measurements must be missing, and a second for the network, before silence means something.
const missing = 3;

/** A panel for each machine: what it last said, whether that is too hot, and whether it speaks at all. */
export class Panels {
  /** @type {(machine: string, isSilent: boolean) => void} */
  onSilence = () => {};
  #panels = new Map();
  #isConnected = false;
  // The last reading of any machine: when it was taken, and in how many seconds to expect another.
  #newest;
  #every;

  constructor(container, template) {
    for (const machine of machines) {
      const element = template.content.cloneNode(true).firstElementChild;
      const panel = { element, reading: undefined, arrived: -Infinity, isSilenced: false };
      element.dataset.machine = machine;
      element.querySelector('button').addEventListener('click', () => this.onSilence(machine, !panel.isSilenced));
      this.#panels.set(machine, panel);
      container.append(element);
    }
  }

  show(reading) {
    const panel = this.#panels.get(reading.machine);
    panel.reading = reading;
    panel.arrived = performance.now();
    panel.isSilenced = false;
    [this.#newest, this.#every] = [reading.at, reading.every];
  }

  /** Without a connection nobody is silent: nothing is known. */
  connected(isConnected) {
    if (isConnected && !this.#isConnected) for (const panel of this.#panels.values()) panel.arrived = performance.now();
    this.#isConnected = isConnected;
  }

  silenced(machine, isSilenced) {
    this.#panels.get(machine).isSilenced = isSilenced;
    this.render();
  }

  /** Shows all; returns those that are too hot. */
  render() {
    for (const [machine, panel] of this.#panels) this.#show(machine, panel);
    return machines.filter((machine) => this.#panels.get(machine).element.classList.contains('is-hot'));
  }

  #state(panel) {
    if (!this.#isConnected) return panel.reading ? 'unknown' : 'waiting';
    if (this.#isLate(panel)) return this.#isDead() ? 'unknown' : 'silent';
    return panel.reading ? 'reporting' : 'waiting';
  }

  // Those that speak tell how late it is, also when all of it is replayed at once, and of one that has not been heard for longer than that.
  #isLate({ reading, arrived }) {
    const most = 1000 * (missing * (reading?.every ?? this.#every) + 1);
    return performance.now() - arrived > most || this.#newest - reading?.at > most;
  }

  // Where nobody speaks and nobody was told to be silent, it is the connection that is.
  #isDead() {
    return [...this.#panels.values()].every((panel) => !panel.isSilenced && this.#isLate(panel));
  }

  #show(machine, panel) {
    const { element, reading } = panel;
    const state = this.#state(panel);
    if (state === 'silent') panel.isSilenced = true;
    const isHot = state !== 'silent' && reading?.temperature > limit;
    element.classList.toggle('is-silent', state === 'silent');
    element.classList.toggle('is-unknown', state === 'unknown' || state === 'waiting');
    element.classList.toggle('is-hot', isHot);
    element.querySelector('h2').textContent = nameOf(machine);
    element.querySelector('.word').textContent = t(`sensors.${state}`);
    for (const term of element.querySelectorAll('dt')) term.textContent = t(term.dataset.i18n);
    if (reading) {
      for (const variable of variables) element.querySelector(`.${variable}`).textContent = measure(variable, reading[variable]);
      element.querySelector('.time').textContent = formatTime(reading.at);
    }
    element.querySelector('.hot').hidden = !isHot;
    element.querySelector('.hot-word').textContent = t('sensors.hot');
    const button = element.querySelector('button');
    button.textContent = t(panel.isSilenced ? 'sensors.wake' : 'sensors.silence');
    button.setAttribute('aria-label', t(panel.isSilenced ? 'sensors.wake.one' : 'sensors.silence.one', { machine: nameOf(machine) }));
  }
}
