import '../shared/connection-state.js';
import '../shared/language-switch.js';
import '../shared/site-nav.js';
import { Connection } from '../shared/connection.js';
import { formatNumber, onLanguage, t, translatePage } from '../shared/i18n.js';
import { Rows } from './rows.js';

const mostBytes = 64 * 1024;
const by = (id) => document.getElementById(id);
const rows = new Rows(by('rows'), by('row'), by('long'));
// When what was sent here was sent: the browser's clock alone measures, which begins and ends there.
const sent = new Map();
let count = 0;
let last;
let problem;

function receive(event) {
  count++;
  const echo = read(event.data);
  if (echo) {
    if (sent.has(echo.key)) {
      echo.took = performance.now() - sent.get(echo.key);
      last = echo.took;
      sent.delete(echo.key);
    }
    rows.add(echo);
  }
  render();
}

// On a server that lets anyone publish, anything may come.
function read(data) {
  try {
    const { number, key, text } = JSON.parse(data);
    return Number.isFinite(number) && typeof text === 'string' ? { number, key, text } : undefined;
  } catch {
    return undefined;
  }
}

async function send(text) {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length > mostBytes) throw new Error(t('echo.long', { bytes: formatNumber(bytes.length) }));
  // Pages that are not of https or localhost have no crypto.randomUUID.
  const key = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
  sent.set(key, performance.now());
  try {
    await post('./', { 'Echo-Key': key, 'Content-Type': 'text/plain; charset=utf-8' }, bytes);
  } catch (error) {
    sent.delete(key);
    throw error;
  }
}

async function post(path, headers, body) {
  const response = await fetch(new URL(path, import.meta.url), { method: 'POST', headers, body });
  if (!response.ok) throw new Error(t('echo.failed', { why: (await response.json()).detail }));
}

async function attempt(what) {
  try {
    problem = undefined;
    await what();
  } catch (error) {
    problem = error instanceof TypeError ? t('echo.away') : error.message;
  }
  render();
}

function render() {
  by('received').textContent = formatNumber(count);
  by('last').textContent = last === undefined ? '–' : t('echo.ms', { ms: formatNumber(last, { maximumFractionDigits: 1 }) });
  by('none').hidden = !rows.isEmpty;
  by('answer').textContent = problem ?? '';
  by('summary').textContent = last === undefined ? '' : t('echo.summary', { ms: formatNumber(last, { maximumFractionDigits: 0 }) });
}

by('form').addEventListener('submit', (event) => {
  event.preventDefault();
  const text = by('text').value;
  attempt(async () => {
    await send(text);
    // What was written meanwhile stays.
    if (by('text').value === text) by('text').value = '';
  });
});
by('text').addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && event.ctrlKey) by('form').requestSubmit();
});
onLanguage(() => {
  rows.render();
  render();
});

await translatePage(new URL('./i18n/', import.meta.url));
await attempt(() => post('session'));
new Connection(new URL('stream', import.meta.url), {
  onEvent: receive,
  onState: (report) => document.querySelector('connection-state').show(report),
}).open();
