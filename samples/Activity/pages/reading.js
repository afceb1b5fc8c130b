import { formatNumber, formatTime, t } from '../shared/i18n.js';

export const types = ['PEDIDO_FEITO', 'PAGAMENTO_CONFIRMADO', 'ERRO_DE_SISTEMA'];
const longest = 500;

/**
 * What an event says. One without a type, or with other data than its type has, is shown as the text that it is: on a server that lets anyone publish,
 * anything may come. Of types that nobody listens for an EventSource tells nobody.
 */
export function read({ type, data }) {
  try {
    const facts = JSON.parse(data);
    const at = Date.parse(facts.time);
    const isKnown = type === 'ERRO_DE_SISTEMA' ? isText(facts.service) && isText(facts.code) : types.includes(type) && isText(facts.order) && Number.isFinite(facts.amount);
    if (isKnown && Number.isFinite(at)) return { type, at, facts };
  } catch { /* not JSON */ }
  return { type: types.includes(type) ? type : 'other', at: Date.now(), raw: shorten(data) };
}

export const wordOf = ({ type }) => t(`activity.${type}`);
export const timeOf = ({ at }) => formatTime(at);
export const sourceOf = ({ facts }) => (facts?.source === 'orders' ? t('activity.source.orders') : '');

export function textOf({ type, facts, raw }) {
  if (raw !== undefined) return raw;
  if (type === 'ERRO_DE_SISTEMA') return `${known('service', facts.service)}: ${known('code', facts.code)}`;
  return t(`activity.text.${type}`, { order: shorten(facts.order), amount: formatNumber(facts.amount, { minimumFractionDigits: 2, maximumFractionDigits: 2 }) });
}

/** Letters without their marks, and small, as one types when one searches. */
export const fold = (text) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

const isText = (value) => typeof value === 'string';
const shorten = (text) => (text.length > longest ? `${text.slice(0, longest)}…` : text);

function known(kind, name) {
  const key = `activity.${kind}.${name}`;
  const text = t(key);
  return text === key ? shorten(name) : text;
}
