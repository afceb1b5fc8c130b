// What the page asks the server for, with the operator's access token where one is needed.

import { t } from './i18n.js';

const storageKey = 'fonte.dashboard.token';
const longest = 10_000;
let token = stored();

/** Why there is no answer: the server's status, type and sentence; 0 where the server is away. */
export class Refusal extends Error {
  constructor(status, sentence, type = '') {
    super(sentence);
    [this.status, this.type] = [status, type];
  }

  /** The text of the catalogue that tells of it. */
  get key() { return this.status === 0 ? 'away' : 'refused'; }

  /** Whether it lets nobody in, or not this operator, or not under this name. */
  get isOfAccess() { return [401, 403, 421].includes(this.status); }

  /** Whether an access token can change that. */
  get isOfToken() { return this.isOfAccess && this.status !== 421 && !/(not-guarded|sign-in)$/.test(this.type); }
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

/** @throws {Refusal} whatever went wrong */
export async function ask(path, parameters = {}, options = {}) {
  const address = addressOf(path);
  for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value);
  const { response, body } = await answerOf(address, options);
  // An application that has forgotten its user answers with the page to sign in, or where that is.
  if (response.type === 'opaqueredirect' || (response.ok && !/json/.test(response.headers.get('Content-Type')))) throw new Refusal(403, t('access.again'), 'sign-in');
  if (response.ok && body) return body;
  throw new Refusal(response.status, body?.detail ?? `${response.status}`, body?.type);
}

async function answerOf(address, options) {
  try {
    const headers = token ? { Authorization: `Bearer ${token}` } : {};
    // What is published may take as long as it takes: that it was given up says nothing about what became of it.
    const signal = options.method === 'POST' ? undefined : AbortSignal.timeout(longest);
    const response = await fetch(address, { cache: 'no-store', redirect: 'manual', signal, ...options, headers });
    return { response, body: parse(await response.text()) };
  } catch (error) {
    throw new Refusal(0, error.message);
  }
}

function parse(text) {
  try { return JSON.parse(text); } catch { return undefined; }
}

function stored() {
  try { return sessionStorage.getItem(storageKey) ?? ''; } catch { return ''; }
}
