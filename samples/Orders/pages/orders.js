import '../shared/connection-state.js';
import '../shared/language-switch.js';
import '../shared/site-nav.js';
import { FonteSource } from '../fonte/fonte.js';
import { formatNumber, onLanguage, t, translatePage } from '../shared/i18n.js';
import { onceAFrame, randomKey } from '../shared/page.js';
import { Rows } from './rows.js';
import { Services } from './services.js';

const prices = { book: 40, mug: 25, shirt: 60, rarity: 90 };
const burstOf = 20;
const mostAttempts = 4;

const by = (id) => document.getElementById(id);
const form = by('form');
const rows = new Rows(by('rows'), by('row'), by('none'));
const services = new Services(by('services'), by('service'));
let answer = { key: '', values: {}, isBad: false };
let told = 0;
let took;
const renderSoon = onceAFrame(render);
let customer;

function say(key, values = {}, isBad = false) {
  answer = { key, values, isBad };
  render();
}

// Sent again under the same key when it is not known what became of it: it is one order all the same.
async function post(path, body) {
  const key = randomKey();
  for (let attempt = 1; ; attempt++) {
    try {
      const response = await fetch(new URL(path, import.meta.url), {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'Idempotency-Key': key },
        body: body === undefined ? '' : JSON.stringify(body),
      });
      if (response.status !== 503 || attempt === mostAttempts) return await read(response);
    } catch (error) {
      if (!(error instanceof TypeError) || attempt === mostAttempts) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}

async function read(response) {
  const said = response.status === 204 ? {} : await response.json();
  if (!response.ok) throw new Error(said.detail ?? response.statusText);
  return said;
}

async function order(item, quantity, amount = prices[item] * quantity) {
  const begun = performance.now();
  const { order: id } = await post('./', { item, quantity, amount });
  rows.add({ id, item, quantity, amount, begun });
}

async function attempt(what, key, values) {
  try {
    await what();
    say(key, values);
  } catch (error) {
    say('orders.failed', { why: error.message }, true);
  }
}

function receive(event) {
  const data = parse(event);
  if (!data) return;
  if (event.type === 'service-status') {
    services.report(data);
    for (const { order: id, step } of data.steps) rows.step(id, step);
  } else {
    const begun = rows.end(data.data.order, data.data.state);
    told++;
    if (begun !== undefined) took = performance.now() - begun;
  }
  renderSoon();
}

// On a server that lets anyone publish, anything may come.
function parse(event) {
  try {
    const data = JSON.parse(event.data);
    const isReport = [data?.received, data?.sent].every((counts) => counts && typeof counts === 'object') && Array.isArray(data.steps) && data.steps.every((step) => typeof step?.order === 'string');
    const isNotice = typeof data?.data?.order === 'string' && data.data.customer === customer;
    return (event.type === 'service-status' ? isReport : isNotice) ? data : undefined;
  } catch {
    return undefined;
  }
}

// Its countdown is on the page's own clock, which does not jump when somebody sets the other.
function showState({ state, until }) {
  document.querySelector('connection-state').show({ state, until: until && performance.now() + until - Date.now() });
}

function render() {
  by('answer').textContent = answer.key ? t(answer.key, answer.values) : '';
  by('answer').classList.toggle('bad', answer.isBad);
  by('told').textContent = formatNumber(told);
  by('took').textContent = took === undefined ? '–' : t('orders.ms', { ms: formatNumber(took, { maximumFractionDigits: 0 }) });
  services.render();
  rows.render();
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  attempt(() => order(by('item').value, by('quantity').valueAsNumber), 'orders.taken');
});
by('burst').addEventListener('click', () => attempt(() => Promise.all(Array.from({ length: burstOf }, () => order('mug', 1, 1))), 'orders.taken.many', { count: burstOf }));
by('dear').addEventListener('click', () => attempt(() => order('shirt', 100), 'orders.taken'));
by('scarce').addEventListener('click', () => attempt(() => order('rarity', 10, 90), 'orders.taken'));
by('poison').addEventListener('click', () => attempt(() => post('poison'), 'orders.poisoned'));
services.onSwitch = (name, isOn) => attempt(async () => {
  await post(`services/${name}/${isOn ? 'start' : 'stop'}`);
  services.want(name, isOn);
}, isOn ? 'orders.started' : 'orders.stopped.now', { get name() { return t(`orders.service.${name}`); } });
onLanguage(render);
setInterval(() => services.render(), 1000);

await translatePage(new URL('./i18n/', import.meta.url));
const session = await post('session');
customer = session.customer;
by('customer').textContent = customer;
for (const [name, isOn] of Object.entries(await (await fetch(new URL('services', import.meta.url))).json())) services.want(name, isOn);
const address = new URL('../.well-known/mercure', import.meta.url);
for (const match of ['orders/status', session.topic]) address.searchParams.append('match', match);
// All tabs of the page ask for the same, and share one stream; each shows the orders that were placed in it. The access token is in a
// cookie, and lasts for twelve hours.
const source = new FonteSource(address, { token: async () => { await post('session'); } });
for (const type of ['service-status', 'NOTIFICACAO']) source.addEventListener(type, receive);
source.addEventListener('state', ({ detail }) => showState(detail));
source.addEventListener('gap', () => showState({ state: 'gap' }));
render();
