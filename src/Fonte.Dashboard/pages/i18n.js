// The pages' languages. Texts come from flat JSON catalogues: one beside this module, and where several pages share it one beside each page.

const languages = ['en', 'pt-BR'];
const storageKey = 'fonte.language';
const tryAgainAfter = 2_000;
const changed = new EventTarget();
const folders = [new URL('./i18n/', import.meta.url)];
const formats = new Map();
let catalogues = {};

export let language = choose();

/** The text of `key` with its `{placeholders}` filled in; the key itself if the catalogue does not have it, and nothing as long as there is none. */
export function t(key, values = {}) {
  const texts = catalogues[language];
  return texts ? (texts[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole) : '';
}

export function formatNumber(value, options) {
  return formatOf(Intl.NumberFormat, options).format(value);
}

/** The time of day, of milliseconds since 1970. */
export function formatTime(value) {
  return formatOf(Intl.DateTimeFormat, { timeStyle: 'medium' }).format(value);
}

/** The day and the time, of milliseconds since 1970. */
export function formatMoment(value) {
  return formatOf(Intl.DateTimeFormat, { dateStyle: 'medium', timeStyle: 'medium' }).format(value);
}

/** The time, and of another day the day with it. */
export function formatRecent(value) {
  return new Date(value).toDateString() === new Date().toDateString() ? formatTime(value) : formatMoment(value);
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

/**
 * Translates the page, with the catalogues in `folder` too. Await it before showing texts of your own: it tries until it has them, and until then the
 * page is as its markup, which is in English.
 */
export async function translatePage(folder) {
  if (folder) folders.push(folder);
  while (!await load()) {
    document.documentElement.dataset.language = 'en';
    await new Promise((resolve) => setTimeout(resolve, tryAgainAfter));
  }
  use(language);
}

export function switchLanguage(to) {
  store(to);
  const address = new URL(location.href);
  address.searchParams.delete('lang');
  history.replaceState(null, '', address);
  if (catalogues[to]) use(to);
  else language = to;
}

function use(to) {
  language = to;
  document.documentElement.lang = to;
  document.documentElement.dataset.language = to;
  for (const element of document.querySelectorAll('[data-i18n]')) element.textContent = t(element.dataset.i18n);
  for (const element of document.querySelectorAll('[data-i18n-label]')) element.setAttribute('aria-label', t(element.dataset.i18nLabel));
  changed.dispatchEvent(new Event('language'));
}

// All languages at once: the language can then be switched also while the server is away.
async function load() {
  try {
    const texts = await Promise.all(languages.map((each) => Promise.all(folders.map((folder) => read(new URL(`${each}.json`, folder))))));
    catalogues = Object.fromEntries(languages.map((each, index) => [each, Object.assign({}, ...texts[index])]));
    return true;
  } catch {
    return false;
  }
}

async function read(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  return response.json();
}

// To make a format takes fifty times as long as to use it.
function formatOf(kind, options) {
  const key = `${kind.name} ${language} ${JSON.stringify(options)}`;
  if (!formats.has(key)) formats.set(key, new kind(language, options));
  return formats.get(key);
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
