import '../shared/connection-state.js';
import '../shared/language-switch.js';
import '../shared/site-nav.js';
import { Connection } from '../shared/connection.js';
import { formatNumber, onLanguage, t, translatePage } from '../shared/i18n.js';
import { onceAFrame } from '../shared/page.js';
import { Feed, most } from './feed.js';
import { read, types } from './reading.js';

const by = (id) => document.getElementById(id);
const choices = [...document.querySelectorAll('[data-type]')];
const feed = new Feed(by('rows'), by('row'));
const counts = new Map();
let received = 0;
let paused = false;
let waiting = [];
let waits = 0;
const renderSoon = onceAFrame(render);

function receive(event) {
  const reading = read(event);
  received++;
  counts.set(reading.type, (counts.get(reading.type) ?? 0) + 1);
  waits++;
  waiting.push(reading);
  // More than that nobody will see.
  if (waiting.length > most) waiting.shift();
  renderSoon();
}

function render() {
  if (!paused) {
    feed.add(waiting);
    waiting = [];
    waits = 0;
  }
  by('received').textContent = formatNumber(received);
  by('shown').textContent = t('activity.of', { shown: formatNumber(feed.shown), kept: formatNumber(feed.kept) });
  by('pause').textContent = t(paused ? 'activity.resume' : 'activity.pause');
  by('waiting').textContent = paused ? t('activity.waiting', { count: formatNumber(waits) }) : '';
  by('summary').textContent = summary();
  for (const choice of choices) choice.querySelector('.count').textContent = formatNumber(counts.get(choice.dataset.type) ?? 0);
}

function filter() {
  feed.filter(chosen(), by('search').value);
  render();
  by('spoken').textContent = by('summary').textContent;
}

const chosen = () => choices.filter((choice) => choice.querySelector('input').checked).map((choice) => choice.dataset.type);

function summary() {
  const isWhole = chosen().length === choices.length && by('search').value.trim() === '';
  const found = isWhole ? '' : t('activity.found', { shown: formatNumber(feed.shown), kept: formatNumber(feed.kept) });
  return [found, paused ? t('activity.paused') : ''].filter(Boolean).join(' ');
}

by('choices').addEventListener('input', filter);
by('choices').addEventListener('submit', (event) => event.preventDefault());
by('pause').addEventListener('click', () => {
  paused = !paused;
  render();
  filter();
});
onLanguage(filter);

await translatePage(new URL('./i18n/', import.meta.url));
new Connection(new URL('stream', import.meta.url), {
  types,
  onEvent: receive,
  onState: (report) => document.querySelector('connection-state').show(report),
}).open();
