import '../shared/command-line.js';
import '../shared/connection-state.js';
import '../shared/language-switch.js';
import '../shared/site-nav.js';
import { Connection } from '../shared/connection.js';
import { formatNumber, onLanguage, t, translatePage } from '../shared/i18n.js';

const time = document.getElementById('time');
const date = document.getElementById('date');
const received = document.getElementById('received');
const toggle = document.getElementById('toggle');
let count = 0;
let running = true;

const connection = new Connection(new URL('../data', import.meta.url), {
  onEvent: show,
  onState: (report) => {
    document.querySelector('connection-state').show(report);
    // A time that nobody updates is not the time: it fades until the connection is back.
    document.querySelector('.face').classList.toggle('stale', report.state !== 'open');
  },
});

function show(event) {
  count++;
  const [, day, clock] = /^(\S+) (\d\d:\d\d:\d\d)$/.exec(event.data) ?? [undefined, '', event.data];
  time.textContent = clock;
  date.textContent = day;
  render();
}

function render() {
  received.textContent = formatNumber(count);
  toggle.textContent = t(running ? 'clock.stop' : 'clock.start');
}

toggle.addEventListener('click', () => {
  running = !running;
  if (running) connection.open();
  else connection.close();
  render();
});

onLanguage(render);
await translatePage(new URL('./i18n/', import.meta.url));
connection.open();
