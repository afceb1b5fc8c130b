import { language, onLanguage, switchLanguage, t } from './i18n.js';

// A language is called by its own name in every language: who needs it must be able to read it.
const names = { en: 'English', 'pt-BR': 'Português' };

export class LanguageSwitch extends HTMLElement {
  connectedCallback() {
    this.setAttribute('role', 'group');
    for (const [tag, name] of Object.entries(names)) {
      const button = document.createElement('button');
      button.type = 'button';
      button.lang = tag;
      button.textContent = name;
      button.addEventListener('click', () => switchLanguage(tag));
      this.append(button);
    }
    onLanguage(() => this.#render());
    this.#render();
  }

  #render() {
    this.setAttribute('aria-label', t('language'));
    for (const button of this.children) button.setAttribute('aria-pressed', String(button.lang === language));
  }
}

customElements.define('language-switch', LanguageSwitch);
