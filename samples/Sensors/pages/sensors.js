import '../shared/connection-state.js';
import '../shared/language-switch.js';
import '../shared/site-nav.js';
import { Connection } from '../shared/connection.js';
import { formatNumber, formatTime, onLanguage, t, translatePage } from '../shared/i18n.js';
import { onceAFrame } from '../shared/page.js';
import { Chart } from './chart.js';
import { History } from './history.js';
import { IntervalChoice } from './interval-choice.js';
import { Panels } from './panels.js';
import { nameOf, read } from './reading.js';

const by = (id) => document.getElementById(id);
const history = new History();
const panels = new Panels(by('machines'), by('machine'));
const chart = new Chart(by('chart'), by('sentence'), by('rows'), by('row'));
const variable = by('variable');
const interval = new IntervalChoice(by('interval'));
let count = 0;
let updated;

function receive(event) {
  count++;
  const reading = read(event.data);
  if (reading) {
    updated = reading.at;
    interval.show(reading.every);
    history.add(reading);
    panels.show(reading);
  }
  renderSoon();
}

const renderSoon = onceAFrame(() => {
  render();
  chart.show(variable.querySelector(':checked').value, history);
});

function render() {
  by('received').textContent = formatNumber(count);
  by('updated').textContent = updated === undefined ? '–' : formatTime(updated);
  const hot = panels.render().map(nameOf).join(', ');
  by('alert').hidden = hot === '';
  by('calm').hidden = hot !== '';
  // The same words again would be spoken again.
  const text = hot === '' ? '' : t('sensors.alert', { machines: hot });
  if (by('alert-text').textContent !== text) by('alert-text').textContent = text;
}

// Says whether it was done.
async function ask(what) {
  by('answer').textContent = '';
  try {
    const response = await fetch(new URL(what, import.meta.url), { method: 'POST' });
    if (!response.ok) throw new Error((await response.json()).detail);
    return true;
  } catch (error) {
    by('answer').textContent = error instanceof TypeError ? t('sensors.away') : t('sensors.failed', { why: error.message });
    return false;
  }
}

panels.onSilence = async (machine, isSilent) => {
  if (await ask(`${machine}/${isSilent ? 'silence' : 'wake'}`)) panels.silenced(machine, isSilent);
};
interval.onChoice = (seconds) => ask(`interval?seconds=${seconds}`);
variable.addEventListener('change', renderSoon);
onLanguage(() => {
  interval.render();
  renderSoon();
});
setInterval(render, 1000);

await translatePage(new URL('./i18n/', import.meta.url));
new Connection(new URL('stream', import.meta.url), {
  onEvent: receive,
  onState: (report) => {
    document.querySelector('connection-state').show(report);
    panels.connected(report.state === 'open' || report.state === 'gap');
    render();
  },
}).open();
