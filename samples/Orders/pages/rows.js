import { formatNumber, t } from '../shared/i18n.js';

const most = 500;

// As one causes the other; the services report each at its own time.
const sequence = ['PEDIDO_FEITO', 'PAGAMENTO_CONFIRMADO', 'PAGAMENTO_RECUSADO', 'ESTOQUE_RESERVADO', 'ESTOQUE_INSUFICIENTE', 'PAGAMENTO_ESTORNADO'];

/** The customer's orders, newest on top, each with the steps that it has taken. */
export class Rows {
  #list;
  #template;
  #none;
  #orders = new Map();
  // A step may be known before the answer that brings the order.
  #early = new Map();
  #changed = new Set();

  constructor(list, template, none) {
    this.#list = list;
    this.#template = template;
    this.#none = none;
  }

  add(order) {
    const early = this.#early.get(order.id);
    this.#early.delete(order.id);
    const element = this.#template.content.cloneNode(true).firstElementChild;
    this.#orders.set(order.id, { ...order, steps: new Set(['PEDIDO_FEITO', ...(early?.steps ?? [])]), state: early?.state, element });
    this.#list.prepend(element);
    if (this.#orders.size > most) {
      const [oldest, { element: gone }] = this.#orders.entries().next().value;
      gone.remove();
      this.#orders.delete(oldest);
    }
    this.#changed.add(order.id);
  }

  step(id, step) {
    const order = this.#of(id);
    if (order.steps.has(step)) return;
    order.steps.add(step);
    this.#changed.add(id);
  }

  /** What became of it; returns when it was placed. */
  end(id, state) {
    const order = this.#of(id);
    order.state = state;
    order.steps.add(state);
    this.#changed.add(id);
    return order.begun;
  }

  render() {
    this.#none.hidden = this.#orders.size > 0;
    // After a change of language all of them.
    const ids = this.#language === document.documentElement.lang ? this.#changed : this.#orders.keys();
    this.#language = document.documentElement.lang;
    for (const id of [...ids]) this.#show(this.#orders.get(id));
    this.#changed.clear();
  }

  #language;

  #of(id) {
    const known = this.#orders.get(id) ?? this.#early.get(id);
    if (known) return known;
    const early = { steps: new Set() };
    this.#early.set(id, early);
    if (this.#early.size > most) this.#early.delete(this.#early.keys().next().value);
    return early;
  }

  #show(order) {
    if (!order) return;
    order.element.querySelector('.what').textContent = t('orders.what', {
      quantity: formatNumber(order.quantity),
      item: t(`orders.name.${order.item}`),
      amount: formatNumber(order.amount, { minimumFractionDigits: 2 }),
    });
    order.element.querySelector('.steps').replaceChildren(...sequence.filter((step) => order.steps.has(step)).map((step) => {
      const element = document.createElement('li');
      element.textContent = t(`orders.step.${step}`);
      return element;
    }));
    const end = order.element.querySelector('.end');
    end.textContent = order.state ? t(`orders.end.${order.state}`) : t('orders.end.open');
    end.classList.toggle('good', order.state === 'ESTOQUE_RESERVADO');
    end.classList.toggle('bad', order.state !== undefined && order.state !== 'ESTOQUE_RESERVADO');
  }
}
