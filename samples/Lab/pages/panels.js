import { t } from '../shared/i18n.js';
import { isHot, measure } from './reading.js';

/** One panel per variable: those of the chosen event stream are shown, with their latest value. */
export class Panels {
  #panels = [...document.querySelectorAll('[data-variable]')];
  #alert = document.getElementById('alert');
  #latest = {};

  choose(variables) {
    this.#latest = {};
    for (const panel of this.#panels) panel.hidden = !variables.includes(panel.dataset.variable);
    this.render();
  }

  show(reading) {
    this.#latest = reading;
    this.render();
  }

  render() {
    for (const panel of this.#panels) {
      const value = this.#latest[panel.dataset.variable];
      const known = Number.isFinite(value);
      panel.querySelector('.value').textContent = known ? measure(panel.dataset.variable, value) : t('lab.waiting');
      panel.classList.toggle('waiting', !known);
      const { from, to } = panel.querySelector('.gauge').dataset;
      const part = known ? Math.min(1, Math.max(0, (value - from) / (to - from))) : 0;
      panel.querySelector('.gauge').style.setProperty('--part', part);
    }

    const hot = isHot(this.#latest);
    this.#alert.hidden = !hot;
    this.#panels[0].classList.toggle('hot', hot);
  }
}
