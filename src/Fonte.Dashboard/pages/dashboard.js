import './connection-state.js';
import './language-switch.js';
import './forms.js';
import { ask, currentToken, Refusal, useToken } from './api.js';
import { Charts } from './charts.js';
import { Connections } from './connections.js';
import { formatTime, onLanguage, t, translatePage } from './i18n.js';
import { closeInspected, inspect } from './inspected.js';
import { Live } from './live.js';
import { Overview } from './state.js';
import { setText } from './table.js';
import { Topics } from './topics.js';

const by = (id) => document.getElementById(id);
const askEvery = 2000;
const overview = new Overview();
const connections = new Connections();
const topics = new Topics(by('topic-rows'));
const live = new Live(inspect, topics, ({ state, until }) => {
  document.querySelector('connection-state').show({ state, until: until && performance.now() + until - Date.now() });
});
let charts;
let isOpen = false;
let refusal;
let wasTried = false;
let problem;
let heardAt;

async function look() {
  const token = currentToken();
  try {
    const state = await ask('state');
    // Another token, or none, was given meanwhile: this answer is not for who is here now.
    if (token !== currentToken()) return;
    open();
    heardAt = Date.now();
    charts.add(heardAt, overview.take(state, performance.now()));
    topics.render(state.now);
    const census = await ask('connections');
    if (token !== currentToken()) return;
    connections.take(census);
    // The server was away, and is back: a stream that waits for its turn need not. Where it refuses the stream alone, the wait is the one it asks for.
    if (problem?.status === 0) live.retry();
    problem = undefined;
  } catch (error) {
    if (token !== currentToken()) return;
    if (error.isOfAccess) return refuse(error);
    // Nothing ends the loop: what is wrong with this page is told, too.
    if (!(error instanceof Refusal)) console.error(error);
    problem = error;
    charts?.add(Date.now(), {});
  }
  renderProblem();
}

function renderProblem() {
  const since = heardAt ? ` ${t('state.old', { time: formatTime(heardAt) })}` : '';
  setText(by('problem'), problem ? t(problem.key ?? 'failed', { detail: problem.message }) + since : '');
}

function open() {
  if (isOpen) return;
  isOpen = true;
  refusal = undefined;
  delete document.body.dataset.access;
  const wasAsked = !by('access').hidden;
  by('access').hidden = true;
  by('leave').hidden = !currentToken();
  by('token').value = '';
  if (wasAsked) by('state').focus();
  charts ??= new Charts(by('charts'), by('chart'), by('chart-rows'));
  live.open();
}

// What was shown may not be for who comes next.
function close() {
  isOpen = false;
  live.close();
  live.forget();
  closeInspected();
  overview.forget();
  charts?.forget();
  connections.take({ total: 0, connections: [], ended: {} });
}

function refuse(error) {
  close();
  // Where nobody has tried yet, the server's sentence says what is needed.
  [refusal, wasTried] = [error, Boolean(currentToken()) || error.status !== 401];
  useToken('');
  document.body.dataset.access = 'closed';
  const isShown = !by('access').hidden;
  by('access').hidden = false;
  by('access-fields').hidden = !error.isOfToken;
  if (!isShown && error.isOfToken) by('token').focus();
  renderAccess();
}

function renderAccess() {
  by('access-answer').classList.toggle('bad', wasTried);
  setText(by('access-answer'), !refusal ? '' : wasTried ? t('refused', { detail: refusal.message }) : refusal.message);
}

by('access').addEventListener('submit', (event) => {
  event.preventDefault();
  useToken(by('token').value.trim());
  look();
});
by('leave').addEventListener('click', () => {
  useToken('');
  close();
  look();
});
onLanguage(() => {
  for (const part of [overview, connections, topics, live]) part.render();
  charts?.render();
  renderAccess();
  renderProblem();
});

await translatePage();
// One after the other, however long an answer takes; a page that nobody sees or that was told to pause asks for nothing, nor one that was refused.
while (true) {
  if (!document.hidden && !live.isPaused && document.body.dataset.access !== 'closed') await look();
  await new Promise((resolve) => setTimeout(resolve, askEvery));
}
