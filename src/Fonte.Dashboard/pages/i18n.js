// The page's languages. Texts come from flat JSON catalogues.

const languages = ['en', 'pt-BR'];
const storageKey = 'fonte.language';
const changed = new EventTarget();
const folder = new URL('./i18n/', import.meta.url);
let texts = {};

export let language = choose();

/** The text of `key` with its `{placeholders}` filled in; the key itself if no catalogue has it. */
export function t(key, values = {}) {
  return (texts[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

export function formatNumber(value, options) {
  return new Intl.NumberFormat(language, options).format(value);
}

/** The time of day, of milliseconds since 1970. */
export function formatTime(value) {
  return new Intl.DateTimeFormat(language, { timeStyle: 'medium' }).format(value);
}

/** The day and the time, of milliseconds since 1970. */
export function formatMoment(value) {
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium' }).format(value);
}

/** A size in bytes, with a unit that keeps it short. */
export function formatBytes(bytes) {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'];
  const step = bytes > 0 ? Math.min(Math.floor(Math.log10(bytes) / 3), units.length - 1) : 0;
  return formatNumber(bytes / 1000 ** step, { style: 'unit', unit: units[step], unitDisplay: step > 0 ? 'short' : 'long', maximumFractionDigits: step > 0 ? 1 : 0 });
}

/** Calls `listener` whenever the language has changed and the page's own markup has been translated. */
export function onLanguage(listener) {
  changed.addEventListener('language', listener);
}

/** Translates the page. Await it before showing texts of your own. */
export async function translatePage() {
  await use(language);
}

export async function switchLanguage(to) {
  store(to);
  const address = new URL(location.href);
  address.searchParams.delete('lang');
  history.replaceState(null, '', address);
  await use(to);
}

async function use(to) {
  try {
    texts = await load(new URL(`${to}.json`, folder));
    language = to;
    document.documentElement.lang = to;
    for (const element of document.querySelectorAll('[data-i18n]')) element.textContent = t(element.dataset.i18n);
    for (const element of document.querySelectorAll('[data-i18n-label]')) element.setAttribute('aria-label', t(element.dataset.i18nLabel));
    changed.dispatchEvent(new Event('language'));
  } finally {
    // Without its catalogue the page is still readable: its markup is in English.
    document.documentElement.dataset.language = language;
  }
}

async function load(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  return response.json();
}

function choose() {
  const asked = new URLSearchParams(location.search).get('lang');
  const wishes = [asked, stored(), ...navigator.languages];
  return wishes.map(known).find(Boolean) ?? 'en';
}

function known(tag) {
  const primary = tag?.toLowerCase().split('-')[0];
  return languages.find((candidate) => candidate.split('-')[0] === primary);
}

// A browser may forbid storage: then the choice lasts as long as the page.
function stored() {
  try { return localStorage.getItem(storageKey); } catch { return null; }
}

function store(choice) {
  try { localStorage.setItem(storageKey, choice); } catch { /* see above */ }
}
