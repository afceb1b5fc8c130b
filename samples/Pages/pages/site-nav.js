import { pages } from './pages.js';

const site = new URL('../', import.meta.url);

// In English, as all markup: should no catalogue come, the links have names.
const all = [
  ['', 'site.home', 'Home'],
  ['clock/', 'site.clock', 'Clock'],
  ['lab/', 'site.lab', 'Lab'],
  ['sensors/', 'site.sensors', 'Sensors'],
  ['echo/', 'site.echo', 'Echo'],
  ['activity/', 'site.activity', 'Activity'],
  ['orders/', 'site.orders', 'Orders'],
  ['transports/', 'site.transports', 'Transports'],
  ['dashboard/', 'site.dashboard', 'Dashboard'],
];

/** Links to the pages that this server has. It is filled before the page is translated, which translates it too. */
export class SiteNav extends HTMLElement {
  connectedCallback() {
    const nav = document.createElement('nav');
    nav.dataset.i18nLabel = 'site.pages';
    nav.setAttribute('aria-label', 'Pages');
    nav.append(...all.filter(([path]) => pages.includes(path)).map(link));
    this.replaceChildren(nav);
  }
}

function link([path, key, name]) {
  const element = document.createElement('a');
  element.href = new URL(path, site);
  element.dataset.i18n = key;
  element.textContent = name;
  if (element.pathname === location.pathname) element.setAttribute('aria-current', 'page');
  return element;
}

customElements.define('site-nav', SiteNav);
