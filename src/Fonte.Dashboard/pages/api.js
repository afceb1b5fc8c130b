// What the page asks the server for, with the operator's access token where one is needed.

import { t } from './i18n.js';

const storageKey = 'fonte.dashboard.token';
let token = stored();

/** The server's refusal: its status, and its sentence if it gave one. */
export class Refusal extends Error {
  constructor(status, sentence) {
    super(sentence);
    this.status = status;
  }

  /** Whether it lets nobody in, or not this operator, or not under this name. */
  get isOfAccess() { return [401, 403, 421].includes(this.status); }
}

export const currentToken = () => token;

/** Keeps the token as long as the tab lives, and nowhere else; without one it is forgotten. */
export function useToken(value) {
  token = value;
  try {
    if (value) sessionStorage.setItem(storageKey, value);
    else sessionStorage.removeItem(storageKey);
  } catch { /* A browser may forbid storage: then the token lasts as long as the page. */ }
}

export function addressOf(path) {
  return new URL(`./api/${path}`, import.meta.url);
}

export async function ask(path, parameters = {}, options = {}) {
  const address = addressOf(path);
  for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value);
  const response = await fetch(address, { cache: 'no-store', ...options, headers: { ...(token && { Authorization: `Bearer ${token}` }) } });
  if (response.ok && response.headers.get('Content-Type')?.startsWith('application/json')) return response.json();
  // An application that has forgotten its user answers with the page to sign in.
  if (response.ok) throw new Refusal(403, t('access.again'));
  throw new Refusal(response.status, (await response.json().catch(() => ({}))).detail ?? `${response.status}`);
}

function stored() {
  try { return sessionStorage.getItem(storageKey) ?? ''; } catch { return ''; }
}
