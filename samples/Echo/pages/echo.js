import '../shared/connection-state.js';
import '../shared/language-switch.js';
import '../shared/site-nav.js';
import { Connection } from '../shared/connection.js';
import { formatNumber, onLanguage, t, translatePage } from '../shared/i18n.js';
import { randomKey } from '../shared/page.js';
import { Rows } from './rows.js';

const mostBytes = 64 * 1024;
const by = (id) => document.getElementById(id);
const rows = new Rows(by('rows'), by('row'), by('long'));
// When what was sent here was sent: the browser's clock alone measures, which begins and ends there.
const sent = new Map();
let count = 0;
let number = 0;
let last;
let problem;
let isSending = false;
// What may have been sent, or not: sent again, it is sent under the same key.
let unsure;

function receive(event) {
  count++;
  const echo = read(event.data);
  if (echo) {
    // The stream begins with the session's first text, so that the count is the same in all windows.
    echo.number = ++number;
    if (sent.has(echo.key)) {
      echo.took = performance.now() - sent.get(echo.key);
      last = echo.took;
      sent.delete(echo.key);
    }
    if (unsure?.key === echo.key) arrived(unsure.text);
    rows.add(echo);
  }
  render();
}

// On a server that lets anyone publish, anything may come.
function read(data) {
  try {
    const { key, text } = JSON.parse(data);
    return typeof text === 'string' ? { key, text } : undefined;
  } catch {
    return undefined;
  }
}

async function send(text) {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length > mostBytes) throw new Error(t('echo.long', { bytes: formatNumber(bytes.length) }));
  const key = unsure?.text === text ? unsure.key : randomKey();
  unsure = { text, key };
  sent.set(key, performance.now());
  const headers = { 'Idempotency-Key': key, 'Content-Type': 'text/plain; charset=utf-8' };
  let response = await post('./', headers, bytes);
  if (response.status === 401 && await beginSession()) response = await post('./', headers, bytes);
  if (!response.ok) throw new Error(t('echo.failed', { why: (await response.json()).detail }));
  arrived(text);
}

// What follows a gap is all that there is, from the first on.
function beginAnew() {
  rows.clear();
  [count, number] = [0, 0];
  render();
}

// What was written meanwhile stays.
function arrived(text) {
  unsure = undefined;
  problem = undefined;
  if (by('text').value === text) by('text').value = '';
}

function post(path, headers, body) {
  return fetch(new URL(path, import.meta.url), { method: 'POST', headers, body });
}

// The cookie names the session; whoever has one keeps it.
async function beginSession() {
  try { return (await post('session')).ok; } catch { return false; }
}

function render() {
  by('received').textContent = formatNumber(count);
  by('last').textContent = last === undefined ? '–' : t('echo.ms', { ms: formatNumber(last, { maximumFractionDigits: 1 }) });
  by('none').hidden = !rows.isEmpty;
  by('answer').textContent = problem ?? '';
  by('summary').textContent = last === undefined ? '' : t('echo.summary', { ms: formatNumber(last, { maximumFractionDigits: 0 }) });
}

by('form').addEventListener('submit', async (event) => {
  event.preventDefault();
  if (isSending) return;
  isSending = true;
  problem = undefined;
  try {
    await send(by('text').value);
  } catch (error) {
    // It may have come back before it was known that its answer was lost.
    problem = !(error instanceof TypeError) ? error.message : unsure ? t('echo.away') : undefined;
  }
  isSending = false;
  render();
});
by('text').addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && event.ctrlKey && !event.repeat) by('form').requestSubmit();
});
onLanguage(() => {
  rows.render();
  render();
});

await translatePage(new URL('./i18n/', import.meta.url));
await beginSession();
new Connection(new URL('stream', import.meta.url), {
  onEvent: receive,
  onState: (report) => {
    document.querySelector('connection-state').show(report);
    if (report.state === 'gap') beginAnew();
    // Without a session the stream is refused; the next attempt has one.
    if (report.state === 'retrying') beginSession();
  },
}).open();
