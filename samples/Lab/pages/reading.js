import { formatNumber, t } from '../shared/i18n.js';

const limit = 35;

export const units = { temperatura: '°C', umidade: '%', pressao: 'hPa' };

/** The event's JSON object. What is not one, for anyone may publish, stays what it is: text. */
export function read(data) {
  try {
    const value = JSON.parse(data);
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value;
  } catch { /* not JSON */ }
  return { mensagem: data };
}

export function isHot(reading) {
  return reading.temperatura > limit;
}

export function measure(variable, value) {
  const number = formatNumber(value, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  return `${number}\u00a0${units[variable]}`;
}

export function describe(reading) {
  const parts = Object.keys(units)
    .filter((variable) => Number.isFinite(reading[variable]))
    .map((variable) => measure(variable, reading[variable]));
  if (reading.mensagem !== undefined) parts.unshift(String(reading.mensagem));
  if (reading.contador !== undefined) parts.unshift(t('lab.number', { number: reading.contador }));
  return parts.join(' · ');
}
