import './connection-state.js';
import './language-switch.js';
import './forms.js';
import { ask, currentToken, useToken } from './api.js';
import { Charts } from './charts.js';
import { Connections } from './connections.js';
import { onLanguage, t, translatePage } from './i18n.js';
import { inspect } from './inspected.js';
import { Live } from './live.js';
import { Overview } from './state.js';
import { Topics } from './topics.js';

const by = (id) => document.getElementById(id);
const askEvery = 2000;
const overview = new Overview();
const connections = new Connections();
const topics = new Topics(by('topic-rows'));
const live = new Live(inspect, (events) => topics.add(events), ({ state, until }) => {
  document.querySelector('connection-state').show({ state, until: until && performance.now() + until - Date.now() });
});
let charts;
let isOpen = false;
let refusal;

async function look() {
  try {
    const state = await ask('state');
    open();
    charts.add(Date.now(), overview.take(state, performance.now()));
    connections.take(await ask('connections'));
    topics.render();
  } catch (error) {
    // Without a status the server is away, which the connection's state says.
    if (error.isOfAccess) refuse(error);
    else if (!error.status && !(error instanceof TypeError)) throw error;
  }
}

function open() {
  if (isOpen) return;
  isOpen = true;
  refusal = undefined;
  delete document.body.dataset.access;
  by('access').hidden = true;
  by('leave').hidden = !currentToken();
  by('token').value = '';
  charts ??= new Charts(by('charts'), by('chart'), by('chart-rows'));
  live.open();
}

function refuse(error) {
  isOpen = false;
  live.close();
  // Nobody has tried yet: the form says what is needed.
  refusal = currentToken() || error.status !== 401 ? error : undefined;
  useToken('');
  document.body.dataset.access = 'closed';
  const isShown = !by('access').hidden;
  by('access').hidden = false;
  if (!isShown) by('token').focus();
  renderAccess();
}

function renderAccess() {
  by('access-answer').textContent = refusal ? t('refused', { detail: refusal.message }) : '';
}

by('access').addEventListener('submit', async (event) => {
  event.preventDefault();
  useToken(by('token').value.trim());
  await look();
});
by('leave').addEventListener('click', async () => {
  useToken('');
  isOpen = false;
  live.close();
  await look();
});
onLanguage(() => {
  for (const part of [overview, connections, topics, live]) part.render();
  charts?.render();
  renderAccess();
});

await translatePage();
await look();
// One after the other, however long an answer takes; a page that nobody sees asks for nothing, nor one that was refused.
while (true) {
  await new Promise((resolve) => setTimeout(resolve, askEvery));
  if (!document.hidden && document.body.dataset.access !== 'closed') await look();
}
