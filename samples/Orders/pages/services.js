import { formatNumber, t } from '../shared/i18n.js';

/** What each receives: how much waits for it is what all have sent of that, less what it has received. */
const receives = {
  order: ['ESTOQUE_RESERVADO', 'PAGAMENTO_RECUSADO', 'PAGAMENTO_ESTORNADO'],
  payment: ['PEDIDO_FEITO', 'ESTOQUE_INSUFICIENTE'],
  stock: ['PAGAMENTO_CONFIRMADO'],
  notification: ['ESTOQUE_RESERVADO', 'PAGAMENTO_RECUSADO', 'PAGAMENTO_ESTORNADO'],
};
const silentAfter = 6_000;

/** A card for each service. */
export class Services {
  /** @type {(name: string, isOn: boolean) => void} */
  onSwitch = () => {};
  #cards = new Map();

  constructor(section, template) {
    for (const name of Object.keys(receives)) {
      const element = template.content.cloneNode(true).firstElementChild;
      element.dataset.service = name;
      const card = { element, isWanted: true, report: undefined, at: -Infinity };
      element.querySelector('button').addEventListener('click', () => this.onSwitch(name, !card.isWanted));
      this.#cards.set(name, card);
      section.append(element);
    }
  }

  report(report) {
    const card = this.#cards.get(report.service);
    if (!card) return;
    card.report = report;
    card.at = performance.now();
  }

  want(name, isOn) {
    const card = this.#cards.get(name);
    if (!card) return;
    card.isWanted = isOn;
    if (isOn) card.at = performance.now();
    this.render();
  }

  render() {
    for (const [name, card] of this.#cards) this.#show(name, card);
  }

  #show(name, { element, isWanted, report, at }) {
    const state = !isWanted ? 'stopped' : performance.now() - at > silentAfter ? 'silent' : 'running';
    element.classList.toggle('stopped', state === 'stopped');
    element.classList.toggle('silent', state === 'silent');
    element.querySelector('h2').textContent = t(`orders.service.${name}`);
    element.querySelector('.word').textContent = t(`orders.${state}`);
    for (const term of element.querySelectorAll('dt')) term.textContent = t(term.dataset.i18n);
    this.#number(element.querySelector('.received'), report && this.#received(name));
    this.#number(element.querySelector('.waiting'), report && this.#waiting(name));
    this.#number(element.querySelector('.dead'), report?.dead);
    const reasons = element.querySelector('.reasons');
    const texts = report?.reasons ?? [];
    reasons.hidden = texts.length === 0;
    if (reasons.dataset.texts !== texts.join('\n')) {
      reasons.dataset.texts = texts.join('\n');
      reasons.replaceChildren(...texts.map((text) => {
        const line = document.createElement('li');
        line.textContent = text;
        return line;
      }));
    }
    const button = element.querySelector('button');
    button.textContent = t(isWanted ? 'orders.stop' : 'orders.start');
    button.setAttribute('aria-label', t(isWanted ? 'orders.stop.one' : 'orders.start.one', { name: t(`orders.service.${name}`) }));
  }

  #number(element, value) {
    element.textContent = value === undefined ? '–' : formatNumber(value);
    element.classList.toggle('some', value > 0);
  }

  #received(name) {
    return receives[name].reduce((sum, type) => sum + (this.#cards.get(name).report.received[type] ?? 0), 0);
  }

  #waiting(name) {
    const sent = receives[name].reduce((sum, type) => sum + [...this.#cards.values()].reduce((all, { report }) => all + (report?.sent[type] ?? 0), 0), 0);
    // The reports of two services are not of the same moment.
    return Math.max(0, sent - this.#received(name));
  }
}
