import '../shared/connection-state.js';
import '../shared/language-switch.js';
import '../shared/site-nav.js';
import { Connection } from '../shared/connection.js';
import { formatNumber, onLanguage, t, translatePage } from '../shared/i18n.js';
import { Panels } from './panels.js';
import { read } from './reading.js';
import { Rows } from './rows.js';

const streams = {
  eventos: { path: 'eventos', variables: [] },
  temperatura: { path: 'eventos/temperatura', variables: ['temperatura'] },
  sensores: { path: 'eventos/sensores', variables: ['temperatura', 'umidade', 'pressao'] },
};
const summaryEvery = 10_000;
const mostWaiting = 500;

const by = (id) => document.getElementById(id);
const form = by('choices');
const interval = by('interval');
const rows = new Rows(by('rows'), by('row'));
const panels = new Panels();
let connection;
let count = 0;
let updated = '';
let paused = false;
let waiting = [];
let summarised = -Infinity;

function connect() {
  const stream = streams[form.elements.stream.value];
  const address = new URL(`../${stream.path}?intervalo=${interval.value}`, import.meta.url);
  connection?.close();
  count = 0;
  updated = '';
  waiting = [];
  summarised = -Infinity;
  rows.clear();
  panels.choose(stream.variables);
  by('address').href = address;
  by('address').textContent = address.pathname + address.search;
  connection = new Connection(address, {
    onEvent: receive,
    onState: (report) => document.querySelector('connection-state').show(report),
  });
  connection.open();
  render();
}

function receive(event) {
  count++;
  waiting.push(read(event.data));
  if (waiting.length > mostWaiting) waiting.shift();
  if (!paused) showWaiting();
}

function showWaiting() {
  if (waiting.length > 0) {
    const latest = waiting.at(-1);
    updated = latest.horario ?? '';
    panels.show(latest);
    rows.add(waiting);
    waiting = [];
  }
  render();
}

function render() {
  by('received').textContent = formatNumber(count);
  by('updated').textContent = updated || '–';
  by('pause').textContent = t(paused ? 'lab.resume' : 'lab.pause');
  const now = performance.now();
  if (now - summarised >= summaryEvery) {
    summarised = count > 0 ? now : -Infinity;
    summarise();
  }
}

function summarise() {
  const key = paused ? 'lab.summary.paused' : count === 0 ? 'lab.summary.none' : 'lab.summary';
  // What the counters show to the eye, the summary says to a screen reader; that the page is paused concerns both.
  by('summary').classList.toggle('visually-hidden', !paused);
  by('summary').textContent = t(key, { count: formatNumber(count), time: updated });
}

function choose() {
  const valid = interval.checkValidity();
  interval.setAttribute('aria-invalid', String(!valid));
  by('interval-hint').textContent = t(valid ? 'lab.interval.hint' : 'lab.interval.wrong');
  if (!valid) return;
  const address = new URL(location.href);
  address.searchParams.set('stream', form.elements.stream.value);
  address.searchParams.set('intervalo', interval.value);
  history.replaceState(null, '', address);
  connect();
}

form.addEventListener('change', choose);
form.addEventListener('submit', (event) => event.preventDefault());
by('pause').addEventListener('click', () => {
  paused = !paused;
  if (!paused) showWaiting();
  render();
  summarise();
});
onLanguage(() => {
  rows.render();
  panels.render();
  render();
  summarise();
});

const asked = new URLSearchParams(location.search);
if (Object.hasOwn(streams, asked.get('stream') ?? '')) form.elements.stream.value = asked.get('stream');
if (asked.has('intervalo')) interval.value = asked.get('intervalo');
if (!interval.checkValidity()) interval.value = interval.defaultValue;
await translatePage(new URL('./i18n/', import.meta.url));
connect();
