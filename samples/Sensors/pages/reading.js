import { formatNumber, t } from '../shared/i18n.js';

export const machines = ['press', 'furnace', 'lathe', 'compressor'];
export const limit = 35;

// What no sensor says, and no table has a place for.
const most = 10_000;

const units = { temperature: '°C', humidity: '%', pressure: 'hPa' };
export const variables = Object.keys(units);

/** What an event says; undefined if it is no measurement, for on a server that lets anyone publish anything may come. */
export function read(data) {
  try {
    const { machine, time, every, ...values } = JSON.parse(data);
    const reading = { machine, at: Date.parse(time), every, ...values };
    const isKnown = machines.includes(machine) && Number.isFinite(reading.at) && every > 0 && every <= most
      && variables.every((variable) => Number.isFinite(values[variable]) && Math.abs(values[variable]) < most);
    return isKnown ? reading : undefined;
  } catch {
    return undefined;
  }
}

export const nameOf = (machine) => t(`sensors.${machine}`);
export const number = (value) => formatNumber(value, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
export const measure = (variable, value) => `${number(value)}\u00a0${units[variable]}`;
export const unitOf = (variable) => units[variable];
