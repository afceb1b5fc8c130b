import '../shared/connection-state.js';
import '../shared/language-switch.js';
import '../shared/site-nav.js';
import { formatNumber, onLanguage, t, translatePage } from '../shared/i18n.js';
import { randomKey } from '../shared/page.js';
import { Card } from './card.js';
import { ways } from './ways.js';

const lookEvery = 1_000;
const longestLook = 10_000;
const clocksKept = 60;

const by = (id) => document.getElementById(id);
const session = randomKey();
const cards = new Map();
const running = new Map();
let processor;
let last;
let problem;
let isSetting = false;
// Of the last looks: how long each took, and by how much the server's clock was ahead of the middle of it.
let clocks = [];

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
    const response = await fetch(new URL(`costs?session=${session}`, import.meta.url), { signal: AbortSignal.timeout(longestLook) });
    const said = await response.json();
    if (!response.ok) throw new Error(said.detail);
    problem = undefined;
    take(said, asked);
  } catch (error) {
    problem = error instanceof TypeError || error.name === 'TimeoutError' ? 'away' : error.message;
  }
  render();
}

function take(said, asked) {
  const now = performance.now();
  clocks = [...clocks, { took: now - asked, ahead: said.now - (performance.timeOrigin + (asked + now) / 2) }].slice(-clocksKept);
  // Of the quickest the middle is known best: at most by half of what it took it is wrong.
  const clock = clocks.reduce((best, each) => (each.took < best.took ? each : best)).ahead;
  for (const [name, card] of cards) {
    card.clock = clock;
    for (const [what, total] of Object.entries(said.ways[name])) {
      const before = last?.ways[name][what] ?? 0;
      // A server that was started again counts from nothing.
      card.costs[what] += total >= before ? total - before : total;
    }
  }
  if (last && said.processor >= last.processor) processor = ((said.processor - last.processor) / (now - last.at)) * 1000;
  last = { processor: said.processor, at: now, ways: said.ways };
  if (!isSetting && by('rate').value !== String(said.rate)) by('rate').value = String(said.rate);
}

function render() {
  const most = Math.max(...[...cards.values()].map((card) => card.bytes));
  for (const card of cards.values()) card.render(most);
  by('processor').textContent = processor === undefined ? '–' : t('transports.processor.value', { ms: formatNumber(processor, { maximumFractionDigits: 0 }) });
  by('problem').textContent = problem === 'away' ? t('transports.away') : problem ?? '';
}

by('rate').addEventListener('change', async ({ target }) => {
  isSetting = true;
  try {
    const response = await fetch(new URL(`rate?perSecond=${target.value}`, import.meta.url), { method: 'POST' });
    by('refused').textContent = response.ok ? '' : t('transports.refused', { why: (await response.json()).detail });
  } catch { /* the next look says that the server is away */ }
  isSetting = false;
});
by('interval').addEventListener('change', ({ target }) => { running.get('polling').interval = Number(target.value); });
by('reset').addEventListener('click', () => {
  for (const card of cards.values()) {
    card.costs = { requests: 0, up: 0, down: 0 };
    card.reset();
  }
  render();
});
by('controls').addEventListener('submit', (event) => event.preventDefault());
onLanguage(() => {
  for (const option of document.querySelectorAll('#controls option')) option.textContent = formatNumber(Number(option.value));
  render();
});

await translatePage(new URL('./i18n/', import.meta.url));
await look();
for (const way of running.values()) way.start();
// One after the other, however long one takes: they share the browser's few connections with the ways.
while (true) {
  await new Promise((resolve) => setTimeout(resolve, lookEvery));
  await look();
}
