import '../shared/connection-state.js';
import '../shared/language-switch.js';
import '../shared/site-nav.js';
import { formatNumber, onLanguage, t, translatePage } from '../shared/i18n.js';
import { Card } from './card.js';
import { ways } from './ways.js';

const lookEvery = 1_000;

const by = (id) => document.getElementById(id);
// Pages that are not of https or localhost have no crypto.randomUUID.
const session = Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, '0')).join('');
const cards = new Map();
const running = new Map();
let before = {};
let processor;
let last;
let problem;

for (const name of Object.keys(ways)) {
  const card = new Card(name, by('way'), (isOn) => (isOn ? running.get(name).start() : running.get(name).stop()));
  cards.set(name, card);
  by('ways').append(card.element);
  running.set(name, ways[name](session, { onEvent: (data) => card.take(data), onState: (report) => card.show(report) }));
}

// The meter knows the page from its first look on, so the ways begin after it.
async function look() {
  const asked = performance.now();
  try {
    const response = await fetch(new URL(`costs?session=${session}`, import.meta.url));
    const said = await response.json();
    if (!response.ok) throw new Error(said.detail);
    problem = undefined;
    take(said, asked);
  } catch (error) {
    problem = error instanceof TypeError ? 'away' : error.message;
  }
  render();
}

function take(said, asked) {
  const now = performance.now();
  const clock = said.now - (performance.timeOrigin + (asked + now) / 2);
  for (const [name, card] of cards) {
    const all = said.ways[name];
    // A server that was started again counts from nothing.
    const base = before[name] && before[name].requests <= all.requests ? before[name] : (before[name] = { requests: 0, up: 0, down: 0 });
    card.costs = { requests: all.requests - base.requests, up: all.up - base.up, down: all.down - base.down };
    card.clock = clock;
  }
  if (last && said.processor >= last.processor) processor = ((said.processor - last.processor) / (now - last.at)) * 1000;
  last = { processor: said.processor, at: now, ways: said.ways };
  if (document.activeElement !== by('rate')) by('rate').value = String(said.rate);
}

function render() {
  const most = Math.max(...[...cards.values()].map((card) => card.bytes));
  for (const card of cards.values()) card.render(most);
  by('processor').textContent = processor === undefined ? '–' : t('transports.processor.value', { ms: formatNumber(processor, { maximumFractionDigits: 0 }) });
  by('problem').textContent = problem === 'away' ? t('transports.away') : problem ?? '';
}

by('rate').addEventListener('change', async ({ target }) => {
  try {
    await fetch(new URL(`rate?perSecond=${target.value}`, import.meta.url), { method: 'POST' });
  } catch { /* the next look says that the server is away */ }
});
by('interval').addEventListener('change', ({ target }) => { running.get('polling').interval = Number(target.value); });
by('reset').addEventListener('click', () => {
  before = last?.ways ?? {};
  for (const card of cards.values()) {
    card.costs = { requests: 0, up: 0, down: 0 };
    card.reset();
  }
  render();
});
by('controls').addEventListener('submit', (event) => event.preventDefault());
onLanguage(render);

await translatePage(new URL('./i18n/', import.meta.url));
await look();
for (const way of running.values()) way.start();
setInterval(look, lookEvery);
